package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.interop.FlumeSdk.Sending;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * Our agent between two of Flume's: its Avro sink sends to our source, and our sink to its source. Flume's client feeds the first,
 * the recorder reads from the last.
 */
class FlumeAgentIT {
    private static final List<String> HEAP = List.of("-Xmx384m");

    @ParameterizedTest(name = "compression {0}")
    @ValueSource(strings = {"none", "deflate"})
    void eventsPassFromFlumeThroughUsToFlume(String compression, @TempDir Path dir) throws IOException {
        int edgePort = FreePorts.next();
        int relayPort = FreePorts.next();
        int collectorPort = FreePorts.next();
        try (RecordingServer recorder = new RecordingServer(NumberedEvents::check);
                AgentProcess collector = AgentProcess.start(
                        Kind.FLUME,
                        "flume-collector",
                        dir,
                        HEAP,
                        agentFile(collectorPort, compression, recorder.port(), 1_000, "none"),
                        collectorPort);
                AgentProcess relay = AgentProcess.start(
                        Kind.MILLRACE,
                        "our-relay",
                        dir,
                        HEAP,
                        agentFile(relayPort, compression, collectorPort, 100, compression),
                        relayPort);
                AgentProcess edge = AgentProcess.start(
                        Kind.FLUME,
                        "flume-edge",
                        dir,
                        HEAP,
                        agentFile(edgePort, "none", relayPort, 10_000, compression),
                        edgePort);
                FlumeSdk client = new FlumeSdk(dir)) {
            int sent = 0;
            for (Sending sending : List.of(
                    new Sending("none", 50_000, 1_000, 512),
                    new Sending("none", 1_000, 100, 0),
                    new Sending("none", 200, 10, 8_191),
                    new Sending("none", 200, 10, 8_193),
                    new Sending("none", 4, 2, 5_000_000))) {
                assertThat(client.send(edgePort, sending, sent)).isEqualTo("sent " + sending.events());
                sent += sending.events();
            }

            int all = sent;
            await().until(() -> recorder.numbers() >= all);
            assertThat(recorder.firstFault()).isNull();
            assertThat(recorder.hasAll(0, all)).isTrue();
            assertThat(recorder.events()).as("none twice").isEqualTo(all);
            assertThat(List.of(collector, relay, edge))
                    .allMatch(agent -> agent.process().isAlive());
        }
    }

    private static String agentFile(int port, String compressionIn, int nextPort, int batch, String compressionOut) {
        return AgentFiles.channel("s", "k")
                + AgentFiles.avroSource("s", port, compressionIn)
                + AgentFiles.avroSink("k", nextPort, batch, compressionOut);
    }
}
