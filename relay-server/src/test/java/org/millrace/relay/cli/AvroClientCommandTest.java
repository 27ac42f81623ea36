package org.millrace.relay.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.client.EventLoops;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.FakeRelay;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.process.FreePorts;
import picocli.CommandLine;

class AvroClientCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final EventLoops loops = EventLoops.ofThreads(1);
    private FakeRelay relay;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() throws IOException {
        relay = new FakeRelay();
    }

    @AfterEach
    void close() throws IOException {
        relay.close();
        loops.close();
    }

    @Test
    void theLinesOfAFileBecomeEventsByteForByte() throws Exception {
        Path file = directory.resolve("log");
        Files.write(file, "one\n\u00ff\u0000\r\nlast".getBytes(ISO_8859_1));
        CompletableFuture<Integer> exit = run("", "-H", "127.0.0.1", "-p", port(), "-F", file.toString());
        FakeRelay.Request request = relay.accept().readRequest();
        assertThat(request.parameters())
                .isEqualTo("06" + "0006" + hex("one") + "0004ff00" + "0008" + hex("last") + "00");
        relay.answerFirstOk(request.serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).startsWith("3 events sent to 127.0.0.1:" + port() + " in ");
    }

    @Test
    void withoutAFileTheStandardInputIsSent() throws Exception {
        CompletableFuture<Integer> exit = run("typed\n", "--host", "127.0.0.1", "--port", port());
        FakeRelay.Request request = relay.accept().readRequest();
        assertThat(request.parameters()).isEqualTo("02" + "000a" + hex("typed") + "00");
        relay.answerFirstOk(request.serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void theHeaderFileGivesEveryEventItsHeaders() throws Exception {
        Path headers = Files.writeString(directory.resolve("headers"), "k = v\n");
        CompletableFuture<Integer> exit =
                run("a\nb\n", "-H", "127.0.0.1", "-p", port(), "--headerFile", headers.toString());
        FakeRelay.Request request = relay.accept().readRequest();
        assertThat(request.parameters())
                .isEqualTo("04" + "02026b02760002" + hex("a") + "02026b02760002" + hex("b") + "00");
        relay.answerFirstOk(request.serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void rpcPropsSetTheBatchSizeAndBatchesArePipelined() throws Exception {
        Path file = Files.writeString(directory.resolve("log"), "a\nb\nc\nd\ne\n");
        Path properties = Files.writeString(
                directory.resolve("rpc"), "hosts = h1\nhosts.h1 = 127.0.0.1:" + port() + "\nbatch-size = 2\n");
        CompletableFuture<Integer> exit = run("", "-P", properties.toString(), "-F", file.toString());
        relay.accept().answerFirstOk(relay.readRequest().serial());
        FakeRelay.Request second = relay.readRequest();
        FakeRelay.Request third = relay.readRequest();
        assertThat(second.parameters()).startsWith("04");
        assertThat(third.parameters()).startsWith("02");
        relay.answerOk(third.serial());
        relay.answerOk(second.serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).startsWith("5 events sent");
    }

    @Test
    void finishedFilesOfADirectoryAreMarked() throws Exception {
        Files.writeString(directory.resolve("log"), "a\nb\n");
        CompletableFuture<Integer> exit = run("", "-H", "127.0.0.1", "-p", port(), "--dirname", directory.toString());
        FakeRelay.Request request = relay.accept().readRequest();
        assertThat(directory.resolve("log")).exists();
        relay.answerFirstOk(request.serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
        assertThat(directory.resolve("log.COMPLETED")).exists();
        assertThat(directory.resolve("log")).doesNotExist();
        assertThat(out.toString()).startsWith("2 events sent");
    }

    @Test
    void deadLettersAreFedBackWithTheirHeaders() throws Exception {
        Path first = deadLetter("one");
        Path second = deadLetter("two");
        Path more = Files.writeString(directory.resolve("headers"), "deadLetter.reason = mended\n");
        CompletableFuture<Integer> exit = run(
                "",
                "-H",
                "127.0.0.1",
                "-p",
                port(),
                "-R",
                more.toString(),
                "--events",
                first.toString(),
                second.toString());
        relay.accept();
        for (String body : List.of("one", "two")) {
            FakeRelay.Request request = relay.readRequest();
            assertThat(request.parameters())
                    .startsWith("02")
                    .contains(hex("deadLetter.sink"), hex("deadLetter.tries"), hex("kept"), hex("mended"))
                    .doesNotContain(hex("a reason"))
                    .endsWith(hex(body) + "00");
            if (body.equals("one")) {
                relay.answerFirstOk(request.serial());
            } else {
                relay.answerOk(request.serial());
            }
        }
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
        assertThat(out.toString()).startsWith("2 events sent");
    }

    @Test
    void aFileThatHoldsNoEventsIsToldByItsName() throws Exception {
        Path text = Files.writeString(directory.resolve("notes.avro"), "not Avro");
        CompletableFuture<Integer> exit = run("", "-H", "127.0.0.1", "-p", port(), "--events", text.toString());
        relay.accept();
        assertThat(get(exit)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("notes.avro: no Avro object container");
    }

    /** A sink's file with the one event. */
    private Path deadLetter(String body) throws Exception {
        Path files = directory.resolve(body);
        SinkContext context = new SinkContext(
                "a1", "k1", new FakeChannel("c1"), new SinkMetrics("k1", new MetricRegistry()), new FakeClock());
        DeadLetters letters = DeadLetters.read(
                context, new RecordedProblems().settings(Map.of("deadLetter.directory", files.toString())));
        EventBatch batch = Batches.of(Map.of("h", "kept"), body);
        EventReader event = batch.reader();
        event.next();
        letters.refuse(event, "a reason", false);
        letters.settle();
        letters.committed();
        letters.close();
        batch.release();
        return files.resolve("a1.k1.1700000000000.avro");
    }

    @Test
    void whatIsNotAcknowledgedIsAFailure() throws Exception {
        Path file = Files.writeString(directory.resolve("log"), "a\nb\n");
        CompletableFuture<Integer> exit = run("", "-H", "127.0.0.1", "-p", port(), "--dirname", directory.toString());
        relay.accept().readRequest();
        relay.closeConnection();
        assertThat(get(exit)).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString())
                .contains("127.0.0.1:" + port() + ": the peer closed the connection", "0 events were acknowledged");
        assertThat(file).as("not finished").exists();
    }

    @Test
    void anAgentThatIsNotThereIsAFailure() throws Exception {
        relay.close();
        assertThat(get(run("a\n", "-H", "127.0.0.1", "-p", port()))).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("127.0.0.1:" + port() + ": cannot connect");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-H localhost",
                "-p 4141",
                "-H localhost -p 0",
                "-H localhost -p x",
                "-H localhost -p 4141 -P rpc",
                "-H localhost -p 4141 -F no-such-file",
                "-H localhost -p 4141 --dirname no-such-directory",
                "-H localhost -p 4141 -F pom.xml --dirname src",
                "-H localhost -p 4141 -F pom.xml --events pom.xml",
                "-H localhost -p 4141 --events no-such-file",
                "-H localhost -p 4141 -R no-such-file",
                "-P no-such-file",
                "-H localhost -p 4141 --no-such-option"
            })
    void aWrongCommandLineIsRefused(String line) throws Exception {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");
        assertThat(get(run("", args))).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void mistakesInRpcPropsAreNamed() throws Exception {
        Path properties =
                Files.writeString(directory.resolve("rpc"), "client.type = thrift\nssl = true\ntruststore = none\n");
        assertThat(get(run("", "-P", properties.toString()))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString())
                .contains("client.type: thrift is not supported yet", "truststore: none: there is no such file");
    }

    @Test
    void keysThatNobodyKnowsAreOnlyNotedWhenAskedToBeLenient() throws Exception {
        Path properties = Files.writeString(
                directory.resolve("rpc"), "hosts = h1\nhosts.h1 = 127.0.0.1:" + port() + "\nbatchsize = 2\n");
        assertThat(get(run("", "-P", properties.toString()))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("batchsize: unknown key (did you mean batch-size?)");
        CompletableFuture<Integer> exit = run("a\n", "-P", properties.toString(), "--lenient");
        relay.accept().answerFirstOk(relay.readRequest().serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void theLinesGoToTheNextHostWhenTheFirstIsNotThere() throws Exception {
        Path properties = Files.writeString(directory.resolve("rpc"), """
                client.type = default_failover
                hosts = gone there
                hosts.gone = 127.0.0.1:%s
                hosts.there = 127.0.0.1:%s
                """.formatted(FreePorts.next(), port()));
        CompletableFuture<Integer> exit = run("a\n", "-P", properties.toString());
        relay.accept().answerFirstOk(relay.readRequest().serial());
        assertThat(get(exit)).isEqualTo(ExitCode.DONE);
    }

    private String port() {
        return Integer.toString(relay.port());
    }

    private CompletableFuture<Integer> run(String input, String... args) {
        AvroClientCommand command = new AvroClientCommand(
                new ByteArrayInputStream(input.getBytes(UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                () -> loops);
        CommandLine line = new CommandLine(command).setErr(new PrintWriter(err, true));
        return CompletableFuture.supplyAsync(() -> line.execute(args));
    }

    private static int get(CompletableFuture<Integer> exit) throws Exception {
        return exit.get(60, TimeUnit.SECONDS);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }
}
