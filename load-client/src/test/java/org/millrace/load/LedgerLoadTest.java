package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.ledger.Ledger;
import org.millrace.testkit.FakeRelay;
import picocli.CommandLine;

/** Several hosts, what is sent again, and what the ledger says of it. */
@Timeout(300)
class LedgerLoadTest {
    private static final String ID_KEY = HexFormat.of().formatHex("relay.id".getBytes(StandardCharsets.US_ASCII));
    private static final int NUMBERS_HEX = 2 * 60;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @Test
    void whatIsRefusedIsSentAgainWithItsNumbersUntilItIsAcked() throws Exception {
        try (FakeRelay relay = new FakeRelay()) {
            CompletableFuture<Integer> exit = start("--events=4", relay);
            relay.accept();
            FakeRelay.Request first = relay.readRequest();
            relay.answerFirstOk(first.serial());
            FakeRelay.Request second = relay.readRequest();
            relay.answerFailed(second.serial());
            FakeRelay.Request again = relay.readRequest();
            relay.answerOk(again.serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(again.parameters()).isEqualTo(second.parameters());
            assertThat(numbers(again)).isEqualTo(numbers(second)).isNotEqualTo(numbers(first));
        }
        assertThat(result().path("retries").asInt()).isEqualTo(1);
        Ledger ledger = ledger();
        assertThat(ledger.isComplete()).isTrue();
        assertThat(ledger.usedEnd()).isEqualTo(4);
        assertThat(ledger.acked().toArray()).containsExactly(0, 1, 2, 3);
        assertThat(ledger.retried().toArray()).containsExactly(2, 3);
        assertThat(ledger.moved().isEmpty()).isTrue();
    }

    @Test
    void aBatchThatItsHostIsLostWithGoesToTheNextOneAndTheTimeIsMeasured() throws Exception {
        try (FakeRelay one = new FakeRelay();
                FakeRelay other = new FakeRelay()) {
            CompletableFuture<Integer> exit = start("--failover --events=2", one, other);
            one.accept();
            FakeRelay.Request lost = one.readRequest();
            one.closeConnection();
            other.accept();
            FakeRelay.Request moved = other.readRequest();
            other.answerFirstOk(moved.serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(moved.parameters()).isEqualTo(lost.parameters());
            assertThat(numbers(moved)).isEqualTo(numbers(lost));
        }
        assertThat(result().path("failoverMicros").path("count").asInt()).isEqualTo(1);
        assertThat(ledger().moved().toArray()).containsExactly(0, 1);
        assertThat(ledger().hosts()).hasSize(2);
    }

    @Test
    void aHostThatIsLostWhileNothingIsOnItsWayIsAFailoverToo() throws Exception {
        try (FakeRelay one = new FakeRelay();
                FakeRelay other = new FakeRelay()) {
            CompletableFuture<Integer> exit = start("--failover --events=4 --rate=4", one, other);
            one.accept();
            one.answerFirstOk(one.readRequest().serial());
            one.closeConnection();
            other.accept();
            other.answerFirstOk(other.readRequest().serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        }
        assertThat(result().path("failoverMicros").path("count").asInt()).isEqualTo(1);
    }

    @Test
    void balancedBatchesTakeTurns() throws Exception {
        try (FakeRelay one = new FakeRelay();
                FakeRelay other = new FakeRelay()) {
            CompletableFuture<Integer> exit = start("--balance --events=6", one, other);
            one.accept();
            other.accept(); // the first batch goes there: the connection at the start was the first host's turn
            other.answerFirstOk(other.readRequest().serial());
            one.answerFirstOk(one.readRequest().serial());
            other.answerOk(other.readRequest().serial());
            assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        }
        assertThat(ledger().acked().getLongCardinality()).isEqualTo(6);
    }

    @Test
    void withoutTimeToTryAgainItIsUnknownAndTheRunHasFailed() throws Exception {
        try (FakeRelay relay = new FakeRelay()) {
            CompletableFuture<Integer> exit = start("--retry=0s --events=2", relay);
            relay.accept();
            relay.readRequest();
            relay.closeConnection();
            assertThat(exit.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(result().path("unknownEvents").asInt()).isEqualTo(2);
        assertThat(ledger().unknownEvents()).isEqualTo(2);
        assertThat(ledger().acked().isEmpty()).isTrue();
    }

    @Test
    void aLedgerThatIsThereStopsTheRunBeforeAnythingIsSent() throws Exception {
        Files.writeString(dir.resolve("ledger"), "precious");
        try (FakeRelay relay = new FakeRelay()) {
            assertThat(start("--events=2", relay).get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(err.toString()).contains("ledger: is there already (expected: a new file");
    }

    @Test
    void severalHostsNeedAMode() throws Exception {
        try (FakeRelay one = new FakeRelay();
                FakeRelay other = new FakeRelay()) {
            assertThat(start("--events=2", one, other).get(60, TimeUnit.SECONDS))
                    .isEqualTo(2);
        }
        assertThat(err.toString()).contains("HOST:PORT: 2 hosts (expected: --failover or --balance with them)");
    }

    /** The call's metadata: whose events they are, and the number of the first. */
    private static String numbers(FakeRelay.Request request) {
        int at = request.head().indexOf(ID_KEY);
        assertThat(at).as(request.head()).isNotNegative();
        return request.head().substring(at, Math.min(request.head().length(), at + NUMBERS_HEX));
    }

    private Ledger ledger() throws Exception {
        return Ledger.read(dir.resolve("ledger"));
    }

    private JsonNode result() throws Exception {
        return new ObjectMapper().readTree(out.toString());
    }

    private CompletableFuture<Integer> start(String options, FakeRelay... relays) {
        List<String> arguments = new ArrayList<>();
        for (FakeRelay relay : relays) {
            arguments.add("127.0.0.1:" + relay.port());
        }
        arguments.addAll(List.of("--connections=1", "--in-flight=1", "--batch=2", "--json", "-q"));
        arguments.add("--ledger=" + dir.resolve("ledger"));
        arguments.addAll(List.of(options.split(" ")));
        return CompletableFuture.supplyAsync(() -> {
            LoadCommand command = new LoadCommand(new PrintWriter(out), new PrintWriter(err, true), false);
            return new CommandLine(command)
                    .setErr(new PrintWriter(err, true))
                    .execute(arguments.toArray(new String[0]));
        });
    }
}
