package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.testkit.FakeRelay;
import org.millrace.testkit.TestCertificates;
import picocli.CommandLine;

@Timeout(300)
class LoadCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @Test
    void everyEventAckedIsSuccessAndTheTableSaysSo() throws Exception {
        try (FakeRelay relay = new FakeRelay()) {
            CompletableFuture<Integer> exit = start(relay, "--connections=1 --in-flight=1 --batch=2 --events=4");
            relay.accept();
            relay.answerFirstOk(relay.readRequest().serial());
            relay.answerOk(relay.readRequest().serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        }
        assertThat(out.toString()).contains("closed, batches of 2, 1 connections x 1 in flight");
        assertThat(out.toString()).contains("4 sent, 4 acked, 0 refused, 0 unknown");
        assertThat(err.toString()).contains("0 in flight, 0 reconnects, 0 retries, 0 failed");
    }

    @Test
    void tlsIsSpokenWithTheKeysOfAFile() throws Exception {
        TestCertificates authority = new TestCertificates(dir);
        Path keys = Files.writeString(
                dir.resolve("tls.properties"),
                "truststore = " + authority.trustPem() + "\ntruststore-type = PEM\nverify-hostname = true\n");
        try (FakeRelay relay = new FakeRelay(authority.issue("relay").listen())) {
            CompletableFuture<Integer> exit =
                    start(relay, "--connections=1 --in-flight=1 --batch=2 --events=2 --tls=" + keys);
            relay.accept();
            relay.answerFirstOk(relay.readRequest().serial());
            assertThat(exit.get(20, TimeUnit.SECONDS)).isZero();
        }
        assertThat(out.toString()).contains("2 sent, 2 acked, 0 refused, 0 unknown");
    }

    @Test
    void whatIsRefusedIsCountedApartAndTheRunHasFailed() throws Exception {
        try (FakeRelay relay = new FakeRelay()) {
            CompletableFuture<Integer> exit =
                    start(relay, "--connections=1 --in-flight=1 --batch=2 --events=5 --json -q");
            relay.accept();
            relay.answerFirstOk(relay.readRequest().serial());
            relay.answerFailed(relay.readRequest().serial());
            relay.answerOk(relay.readRequest().serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("ackedEvents").asInt()).isEqualTo(3);
        assertThat(result.path("ackedBodyBytes").asInt()).isEqualTo(3 * 512);
        assertThat(result.path("refusedEvents").asInt()).isEqualTo(2);
        assertThat(result.path("latencyMicros").path("count").asInt()).isEqualTo(2);
        assertThat(result.path("plan").path("loop").asText()).isEqualTo("closed");
        assertThat(result.path("failures").path(0).asText()).contains("refused the events: FAILED");
        assertThat(result.path("processors").path("sender").isNumber()).isTrue();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void filesForOtherToolsAndForPeopleAreWritten() throws Exception {
        Path hdr = dir.resolve("run.hlog");
        Path report = dir.resolve("run.html");
        Path percentiles = dir.resolve("run.hgrm");
        try (FakeRelay relay = new FakeRelay()) {
            CompletableFuture<Integer> exit = start(
                    relay,
                    "--connections=1 --in-flight=1 --batch=2 --events=4 --hdr=" + hdr + " --percentiles=" + percentiles
                            + " --report=" + report);
            relay.accept();
            relay.answerFirstOk(relay.readRequest().serial());
            relay.answerOk(relay.readRequest().serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        }
        assertThat(hdr).content().contains("\"StartTimestamp\",\"Interval_Length\"");
        assertThat(report)
                .content()
                .startsWith("<!doctype html>")
                .contains("millrace load 127.0.0.1:", "closed, as fast as");
        assertThat(percentiles).content().contains("Total count    =            2");
    }

    @Test
    void aSearchTriesLowerRatesAndClaimsNoneIfNoneIsBorne() throws Exception {
        try (FakeRelay relay = new FakeRelay()) {
            CompletableFuture<Integer> exit = start(
                    relay,
                    "--find-rate --p99=1us --rate=4 --batch=1 --connections=1 --in-flight=1 --duration=100ms --warm-up=0s --json");
            for (int run = 0; run < 6; run++) { // 4, 2 and 1 event a second, each twice: one is due within 100 ms
                relay.accept();
                relay.answerFirstOk(relay.readRequest().serial());
            }
            assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
        JsonNode search = new ObjectMapper().readTree(out.toString()).path("findRate");
        assertThat(search.path("eventsPerSecond").isNull()).isTrue();
        assertThat(search.path("tries"))
                .extracting(step -> step.path("eventsPerSecond").asInt())
                .containsExactly(4, 4, 2, 2, 1, 1);
        assertThat(err.toString()).contains("at 4: ", "at 1: ");
    }

    @Test
    void aTargetThatDoesNotListenIsNamed() throws Exception {
        int port;
        try (FakeRelay relay = new FakeRelay()) {
            port = relay.port();
        }
        assertThat(run("127.0.0.1:" + port, "--events=1")).isEqualTo(1);
        assertThat(err.toString()).startsWith("millrace load: 127.0.0.1:" + port + ": cannot connect");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rate=0           | --rate: 0 (expected: at least 1)",
                "--rate=fast        | --rate: fast (expected: a number such as 1500, 20k or 1M)",
                "--ramp=5           | --ramp: 5 (expected: such as 1k..50k or 1k..50k/10)",
                "--ramp=5..0        | --ramp: 0 (expected: at least 1)",
                "--ramp=5..9/1      | --ramp: 5..9/1: 1 steps (expected: 2 to 1000)",
                "--ramp=5/2..9      | --ramp: 2..9 (expected: a number such as 1500, 20k or 1M)",
                "--burst=5          | --burst: 5 (expected: batches and a time, such as 200/5s)",
                "--burst=5/0s       | --burst: 0s (expected: more than 0)",
                "--connections=0    | --connections: 0 (expected: 1 to 10000)",
                "--in-flight=10001  | --in-flight: 10001 (expected: 1 to 10000)",
                "--batch=0          | --batch: 0 (expected: 1 to 100000)",
                "--body=1000000     | --body: 1000000, with bodies of up to 1000000 bytes (expected: at most 671088 in batches of 100)",
                "--body=big         | --body: big (expected: such as 512, uniform:100..1000, normal:512,100, exp:512 or 200*8,1000,4000)",
                "--body=exp:100k    | --body: exp:100k, with bodies of up to 1600000 bytes (expected: at most 671088 in batches of 100)",
                "--lines=gone.txt   | --lines: gone.txt does not exist",
                "--header=host      | --header: host (expected: NAME=VALUE)",
                "--header==a        | --header: =a (expected: NAME=VALUE)",
                "--header=a=@what   | --header: a=@what (expected: @now, @random:1..1000, @zipf:1..1000, or \\@ for the character)",
                "--header=a=9..1    | --header: 9..1 (expected: the smaller number first)",
                "--header=a=b*,c    | --header: b*,c: * (expected: a weight such as *8, or \\* for the character)",
                "--header=a=@zipf:0..1M | --header: @zipf:0..1M are 1000001 numbers (expected: at most 1000000 to draw from)",
                "--report=no/x.html | --report: no/x.html (expected: a file in a directory that exists)",
                "--hdr=no/x.hlog    | --hdr: no/x.hlog (expected: a file in a directory that exists)",
                "--seed=x           | Invalid value for option '--seed'",
                "--duration=10      | --duration: 10 (expected: a time such as 500ms, 10s, 5m or 1h)",
                "--duration=0s      | --duration: 0s (expected: more than 0)",
                "--events=0         | --events: 0 (expected: at least 1)",
                "--failover         | --failover: one host (expected: two or more)",
                "--balance          | --balance: one host (expected: two or more)",
                "--backoff          | --backoff: without --balance (expected: with it)",
                "--retry=soon       | --retry: soon (expected: a time such as 500ms, 10s, 5m or 1h)",
                "--tls=no-such-file | --tls: no-such-file: there is no such file",
                "--deflate=11       | --deflate: deflateLevel: 11 (expected: 0 to 9)",
            })
    void aBadOptionIsRefusedByName(String option, String message) {
        assertThat(run("127.0.0.1:1", option)).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertThat(run("127.0.0.1:1", "--body=5", "--lines=a.txt")).isEqualTo(2);
        assertThat(err.toString()).contains("--lines: a.txt (expected: without --body)");
        assertThat(run("127.0.0.1:1", "--rate=5", "--burst=1/1s")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--rate, --ramp, --burst: more than one was given (expected: one of them, or none)");
        assertThat(run("127.0.0.1:1", "--find-rate")).isEqualTo(2);
        assertThat(err.toString()).contains("--find-rate, --p99: only one of them was given (expected: both)");
        assertThat(run("127.0.0.1:1", "--find-rate", "--p99=1ms", "--ramp=1..2"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--find-rate: with --ramp, --burst or --events (expected: without)");
        assertThat(run("127.0.0.1:1", "--find-rate", "--p99=1ms", "--hdr=x")).isEqualTo(2);
        assertThat(err.toString()).contains("--hdr: x (expected: without --find-rate");
        assertThat(run("127.0.0.1:1", "--header=a=1", "--header=a=2")).isEqualTo(2);
        assertThat(err.toString()).contains("--header: a=2 (expected: each name once)");
    }

    @Test
    void aTargetWithoutAPortIsRefused() {
        assertThat(run("127.0.0.1")).isEqualTo(2);
        assertThat(err.toString()).contains("HOST:PORT: 127.0.0.1 (expected: host:port");
    }

    private CompletableFuture<Integer> start(FakeRelay relay, String options) {
        List<String> arguments = new ArrayList<>(List.of("127.0.0.1:" + relay.port()));
        arguments.addAll(List.of(options.split(" ")));
        return CompletableFuture.supplyAsync(() -> run(arguments.toArray(new String[0])));
    }

    /** As the command load of a program. */
    private int run(String... arguments) {
        LoadCommand command = new LoadCommand(new PrintWriter(out), new PrintWriter(err), false);
        List<String> line = new ArrayList<>(List.of("load"));
        line.addAll(List.of(arguments));
        return new CommandLine(CommandLine.Model.CommandSpec.create())
                .addSubcommand("load", command)
                .setErr(new PrintWriter(err, true))
                .execute(line.toArray(new String[0]));
    }
}
