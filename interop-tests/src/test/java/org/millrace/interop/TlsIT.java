package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.testkit.TestCertificates;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * TLS with Flume on both sides, in Flume's own keys: its client sends to our source, our sink to its source; the recorder reads from that. The
 * certificate names a host that is none of ours, which Flume does not look at.
 */
class TlsIT {
    private static final List<String> HEAP = List.of("-Xmx384m");
    private static final int BATCHES = 50;
    private static final int BATCH = 200;
    private static final int BODY_BYTES = 512;

    private static Path keyStore;
    private static Path trustStore;

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        TestCertificates authority = new TestCertificates(dir);
        keyStore = authority.issueFor("elsewhere.example").store("JKS");
        trustStore = authority.trust("JKS");
    }

    @ParameterizedTest(name = "compression {0}")
    @ValueSource(strings = {"none", "deflate"})
    void eventsPassFromFlumesClientThroughUsToFlume(String compression, @TempDir Path dir) throws IOException {
        int relayPort = FreePorts.next();
        int collectorPort = FreePorts.next();
        try (RecordingServer recorder = new RecordingServer(NumberedEvents::check);
                AgentProcess collector = AgentProcess.start(
                        Kind.FLUME,
                        "flume-collector",
                        dir,
                        HEAP,
                        source(collectorPort, compression) + AgentFiles.avroSink("k", recorder.port(), 1_000, "none"),
                        collectorPort);
                AgentProcess relay = AgentProcess.start(
                        Kind.MILLRACE,
                        "our-relay",
                        dir,
                        HEAP,
                        source(relayPort, compression) + sink(collectorPort, compression),
                        relayPort);
                FlumeSdk client = new FlumeSdk(dir)) {
            client.use(clientFile(dir, relayPort, compression));
            for (int batch = 0; batch < BATCHES; batch++) {
                assertThat(client.batch(BATCH, BODY_BYTES, batch * BATCH)).isTrue();
            }
            assertThat(client.single(2_000_000, BATCHES * BATCH)).isTrue();

            int all = BATCHES * BATCH + 1;
            await().until(() -> recorder.numbers() >= all);
            assertThat(recorder.firstFault()).isNull();
            assertThat(recorder.hasAll(0, all)).isTrue();
            assertThat(recorder.events()).as("none twice").isEqualTo(all);
            assertThat(List.of(collector, relay))
                    .allMatch(agent -> agent.process().isAlive());
        }
    }

    private static String source(int port, String compression) {
        return AgentFiles.channel("s", "k")
                + AgentFiles.avroSource("s", port, compression)
                + """
                a.sources.s.ssl = true
                a.sources.s.keystore = %s
                a.sources.s.keystore-password = %s
                a.sources.s.exclude-protocols = SSLv3 TLSv1
                """.formatted(keyStore, PASSWORD);
    }

    private static String sink(int port, String compression) {
        return AgentFiles.avroSink("k", port, 100, compression) + """
                a.sinks.k.ssl = true
                a.sinks.k.truststore = %s
                a.sinks.k.truststore-password = %s
                """.formatted(trustStore, PASSWORD);
    }

    private static Path clientFile(Path dir, int port, String compression) throws IOException {
        return Files.writeString(
                dir.resolve("client.properties"), """
                client.type = default
                hosts = h1
                hosts.h1 = 127.0.0.1:%d
                batch-size = %d
                compression-type = %s
                ssl = true
                truststore = %s
                truststore-password = %s
                """.formatted(port, BATCH, compression, trustStore, PASSWORD));
    }
}
