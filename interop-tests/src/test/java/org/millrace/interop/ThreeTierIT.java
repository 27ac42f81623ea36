package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** Three of our agents in a row: edge (spooling directory) → relay → collector, and the recorder in the place of a store. */
class ThreeTierIT {
    private static final int FILES = 4;
    private static final int LINES_A_FILE = 250_000;
    private static final int LINES = FILES * LINES_A_FILE;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<String> HEAP = List.of("-Xmx384m");

    @Test
    void aMillionLinesArriveOnceAndWhole(@TempDir Path dir) throws IOException {
        Path spool = Files.createDirectory(dir.resolve("spool"));
        int relayPort = FreePorts.next();
        int collectorPort = FreePorts.next();
        Map<String, String> headers = Map.of("tier", "edge");
        try (RecordingServer recorder =
                        new RecordingServer((found, body) -> NumberedLines.check(headers, found, body));
                AgentProcess collector =
                        start("collector", dir, avroTier(collectorPort, recorder.port()), collectorPort);
                AgentProcess relay = start("relay", dir, avroTier(relayPort, collectorPort), relayPort);
                AgentProcess edge = start("edge", dir, spoolTier(spool, relayPort))) {
            for (int file = 0; file < FILES; file++) {
                NumberedLines.write(spool.resolve("log." + file), file * LINES_A_FILE, LINES_A_FILE);
            }

            await().atMost(LIMIT).until(() -> recorder.numbers() >= LINES || recorder.firstFault() != null);
            assertThat(recorder.firstFault()).isNull();
            assertThat(recorder.hasAll(0, LINES)).isTrue();
            assertThat(recorder.events()).as("none twice").isEqualTo(LINES);
            assertThat(List.of(collector, relay, edge))
                    .allMatch(agent -> agent.process().isAlive());
        }
    }

    private static AgentProcess start(String name, Path dir, String file, int... ports) {
        return AgentProcess.start(Kind.MILLRACE, name, dir, HEAP, file, ports);
    }

    private static String avroTier(int port, int nextPort) {
        return AgentFiles.channel("s", "k")
                + AgentFiles.avroSource("s", port, "none")
                + AgentFiles.avroSink("k", nextPort, 1_000, "none");
    }

    private static String spoolTier(Path spool, int nextPort) {
        return AgentFiles.channel("s", "k")
                + AgentFiles.spoolSource("s", spool)
                + """
                a.sources.s.batchSize = 1000
                a.sources.s.interceptors = i
                a.sources.s.interceptors.i.type = static
                a.sources.s.interceptors.i.key = tier
                a.sources.s.interceptors.i.value = edge
                """
                + AgentFiles.avroSink("k", nextPort, 1_000, "none");
    }
}
