package org.millrace.relay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.client.AppendException;
import org.millrace.client.ClientSettings;
import org.millrace.client.Event;
import org.millrace.client.RelayClient;
import org.millrace.relay.source.avro.AvroSource;
import org.millrace.relay.source.avro.AvroSourceFactory;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.process.FreePorts;

/** {@code load --ledger} against our own source, and {@code verify} of what it took: in a file, and on a port of its own. */
@Timeout(300)
class VerifyCommandIT {
    private final RecordingInlet inlet = new RecordingInlet();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @Test
    void whatArrivedIsFoundInAFile() throws Exception {
        load();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (byte[] body : bodies()) {
            lines.writeBytes(body);
            lines.write('\n');
        }
        Path file = Files.write(dir.resolve("a.log"), lines.toByteArray());
        assertThat(run("verify", ledger(), "--in", file.toString()))
                .as(err.toString())
                .isZero();
        Files.write(file, Arrays.copyOf(lines.toByteArray(), lines.size() - 10));
        assertThat(run("verify", ledger(), "--in", file.toString())).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void whatIsSentOnIsFoundOnAPort() throws Exception {
        load();
        int port = FreePorts.next();
        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> run("verify", ledger(), "--in", "avro-port:" + port, "--idle", "30s"));
        List<Event> events = bodies().stream().map(Event::of).toList();
        ClientSettings settings = ClientSettings.builder("127.0.0.1:" + port).build();
        try (RelayClient client = RelayClient.open(settings)) {
            Awaitility.await().ignoreException(AppendException.class).untilAsserted(client::connect);
            client.appendBatch(events);
        }
        assertThat(exit.get(60, TimeUnit.SECONDS)).as(err.toString()).isZero();
    }

    private List<byte[]> bodies() {
        return inlet.accepted().stream()
                .map(event -> event.body().getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private String ledger() {
        return dir.resolve("ledger").toString();
    }

    private void load() throws Exception {
        SourceMetrics metrics = new SourceMetrics("r", new MetricRegistry());
        AvroSource source = (AvroSource) new AvroSourceFactory()
                .create(
                        new SourceContext("a", "r", inlet, metrics, InstantSource.system()),
                        new RecordedProblems().settings(Map.of("bind", "127.0.0.1", "port", "0")));
        source.start();
        try {
            String host = "127.0.0.1:" + source.boundAddress().getPort();
            assertThat(run("load", host, "-q", "--events", "5k", "--body", "20", "--ledger", ledger()))
                    .as(err.toString())
                    .isZero();
        } finally {
            source.close();
        }
    }

    private int run(String... arguments) {
        CommandLineTool tool = new CommandLineTool(
                (request, running) -> {
                    throw new IllegalStateException("no configuration here");
                },
                new NoAgents(),
                new PrintWriter(new StringWriter()),
                new PrintWriter(err, true));
        return tool.run(arguments);
    }
}
