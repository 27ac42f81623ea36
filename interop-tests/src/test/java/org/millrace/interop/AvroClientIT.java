package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.JavaProcess;

/** Our {@code avro-client} sends a file to Flume's agent, whose sink hands it on to the recorder. */
class AvroClientIT {
    private static final int LINES = 20_000;

    @ParameterizedTest(name = "compression {0}")
    @ValueSource(strings = {"none", "deflate"})
    void everyLineArrivesAtFlumeOnceAndWhole(String compression, @TempDir Path dir) throws Exception {
        int port = FreePorts.next();
        Path file = dir.resolve("log");
        NumberedLines.write(file, 0, LINES);
        Path headers = Files.writeString(dir.resolve("headers"), "tier = edge\n");
        Map<String, String> expected = Map.of("tier", "edge");
        try (RecordingServer recorder =
                        new RecordingServer((found, body) -> NumberedLines.check(expected, found, body));
                AgentProcess agent = AgentProcess.start(
                        Kind.FLUME,
                        "flume-agent",
                        dir,
                        List.of(),
                        AgentFiles.channel("s", "k")
                                + AgentFiles.avroSource("s", port, compression)
                                + AgentFiles.avroSink("k", recorder.port(), 1_000, "none"),
                        port);
                JavaProcess client = avroClient(dir, file, headers, rpcProperties(dir, port, compression))) {
            assertThat(client.awaitExit()).as(client.log()).isZero();
            assertThat(client.log()).contains(LINES + " events");

            await().until(() -> recorder.numbers() >= LINES);
            assertThat(recorder.firstFault()).isNull();
            assertThat(recorder.events()).as("none twice").isEqualTo(LINES);
            assertThat(agent.process().isAlive()).isTrue();
        }
    }

    private static Path rpcProperties(Path dir, int port, String compression) throws Exception {
        return Files.writeString(dir.resolve("rpc.properties"), """
                hosts = h1
                hosts.h1 = 127.0.0.1:%d
                batch-size = 100
                compression-type = %s
                """.formatted(port, compression));
    }

    private static JavaProcess avroClient(Path dir, Path file, Path headers, Path rpcProperties) {
        List<String> command = new ArrayList<>(List.of("org.millrace.relay.RelayMain", "avro-client"));
        command.addAll(List.of("-P", rpcProperties.toString(), "-F", file.toString(), "-R", headers.toString()));
        return JavaProcess.start("avro-client", dir, List.of(), System.getProperty("java.class.path"), command);
    }
}
