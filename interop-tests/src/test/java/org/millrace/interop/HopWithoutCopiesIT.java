package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.ClientSettings;
import org.millrace.client.Event;
import org.millrace.client.RelayClient;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * Our agent → our agent, both with their channels on disk, and the first one is killed while it delivers: what it sends again, because it
 * does not know how far it got, is not stored twice.
 */
class HopWithoutCopiesIT {
    private static final int EVENTS = 100_000;
    private static final int BATCH = 1_000;
    private static final int KILLS = 3;
    private static final Pattern DUPLICATES = Pattern.compile("duplicateEvents\"\\s*:\\s*\"?(\\d+)");

    @Test
    void noEventIsStoredTwiceHoweverOftenTheSenderIsKilled(@TempDir Path dir) throws Exception {
        int collectorPort = FreePorts.next();
        int edgePort = FreePorts.next();
        try (RecordingServer recorder = new RecordingServer(NumberedEvents::check);
                AgentProcess collector = start(dir, "collector", collectorPort, recorder.port(), 1_000)) {
            AgentProcess edge = start(dir, "edge", edgePort, collectorPort, 20);
            try {
                load(edgePort);
                for (int kill = 1; kill <= KILLS; kill++) {
                    awaitNumbers(recorder, kill * EVENTS / (KILLS + 2));
                    edge.process().kill();
                    edge = start(dir, "edge", edgePort, collectorPort, 20);
                }
                awaitNumbers(recorder, EVENTS);
            } finally {
                edge.close();
            }
            assertThat(recorder.firstFault()).isNull();
            assertThat(recorder.hasAll(0, EVENTS)).isTrue();
            assertThat(recorder.events()).as("none twice").isEqualTo(EVENTS);
            assertThat(duplicates(collector)).as("and some were sent twice").isPositive();
        }
    }

    private static AgentProcess start(Path dir, String name, int port, int nextPort, int batch) {
        String file = AgentFiles.fileChannel("s", "k", dir.resolve(name + "-channel"))
                + AgentFiles.avroSource("s", port, "none")
                + AgentFiles.avroSink("k", nextPort, batch, "none");
        return AgentProcess.start(Kind.MILLRACE, name, dir, List.of("-Xmx256m"), file, port);
    }

    private static void load(int port) throws Exception {
        ClientSettings settings =
                ClientSettings.builder("127.0.0.1:" + port).batchEvents(BATCH).build();
        try (RelayClient client = RelayClient.open(settings)) {
            for (int first = 0; first < EVENTS; first += BATCH) {
                List<Event> batch = new ArrayList<>(BATCH);
                for (int seq = first; seq < first + BATCH; seq++) {
                    batch.add(Event.of(NumberedEvents.headers(seq), NumberedEvents.body(seq, 10)));
                }
                client.appendBatch(batch);
            }
        }
    }

    private static void awaitNumbers(RecordingServer recorder, int numbers) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> recorder.numbers() >= numbers);
    }

    private static long duplicates(AgentProcess collector) throws Exception {
        Matcher figure = DUPLICATES.matcher(collector.metrics());
        assertThat(figure.find()).isTrue();
        return Long.parseLong(figure.group(1));
    }
}
