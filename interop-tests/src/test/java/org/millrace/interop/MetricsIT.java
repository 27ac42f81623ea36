package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/** {@code /metrics} of a two-tier set-up of ours beside the same two files run by Flume. */
class MetricsIT {
    private static final int LINES = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyKeyOfFlumeIsThereAsAStringWithTheSameCounts(@TempDir Path dir) throws Exception {
        Tiers flume = run(Kind.FLUME, Files.createDirectory(dir.resolve("flume")));
        Tiers ours = run(Kind.MILLRACE, Files.createDirectory(dir.resolve("ours")));

        assertSameKeys(flume.edge(), ours.edge());
        assertSameKeys(flume.collector(), ours.collector());
        for (Tiers tiers : List.of(flume, ours)) {
            assertThat(tiers.edge().at("/SOURCE.s/EventAcceptedCount").asText()).isEqualTo("1000");
            assertThat(tiers.edge().at("/CHANNEL.c/EventTakeSuccessCount").asText())
                    .isEqualTo("1000");
            assertThat(tiers.edge().at("/SINK.k/EventDrainSuccessCount").asText())
                    .isEqualTo("1000");
            assertThat(tiers.edge().at("/SINK.k/ConnectionCreatedCount").asText())
                    .isEqualTo("1");
            assertThat(tiers.collector().at("/SOURCE.s/EventReceivedCount").asText())
                    .isEqualTo("1000");
            assertThat(tiers.collector().at("/SOURCE.s/EventAcceptedCount").asText())
                    .isEqualTo("1000");
            assertThat(tiers.collector()
                            .at("/SOURCE.s/AppendBatchAcceptedCount")
                            .asText())
                    .isEqualTo("10");
            assertThat(tiers.collector().at("/CHANNEL.c/EventPutSuccessCount").asText())
                    .isEqualTo("1000");
            assertThat(tiers.collector().at("/CHANNEL.c/ChannelSize").asText()).isEqualTo("0");
        }
    }

    /** The JSON of both tiers once all lines have come through. */
    private record Tiers(JsonNode edge, JsonNode collector) {}

    private static Tiers run(Kind kind, Path dir) throws IOException, InterruptedException {
        Path spool = Files.createDirectory(dir.resolve("spool"));
        int port = FreePorts.next();
        NumberedLines.write(spool.resolve("log"), 0, LINES);
        try (RecordingServer recorder =
                        new RecordingServer((headers, body) -> NumberedLines.check(Map.of(), headers, body));
                AgentProcess collector = AgentProcess.start(
                        kind,
                        "collector",
                        dir,
                        List.of(),
                        AgentFiles.channel("s", "k")
                                + AgentFiles.avroSource("s", port, "none")
                                + AgentFiles.avroSink("k", recorder.port(), 100, "none"),
                        port);
                AgentProcess edge = AgentProcess.start(
                        kind,
                        "edge",
                        dir,
                        List.of(),
                        AgentFiles.channel("s", "k")
                                + AgentFiles.spoolSource("s", spool)
                                + AgentFiles.avroSink("k", port, 100, "none"))) {
            await().until(() -> recorder.numbers() >= LINES);
            // The last reply is on its way back through the tiers.
            await().until(() -> isDrained(edge) && isDrained(collector));
            assertThat(recorder.firstFault()).isNull();
            return new Tiers(read(edge), read(collector));
        }
    }

    private static boolean isDrained(AgentProcess agent) throws IOException, InterruptedException {
        return read(agent).at("/SINK.k/EventDrainSuccessCount").asInt() == LINES;
    }

    private static JsonNode read(AgentProcess agent) throws IOException, InterruptedException {
        return JSON.readTree(agent.metrics());
    }

    private static void assertSameKeys(JsonNode flume, JsonNode ours) {
        assertThat(names(ours)).containsAll(names(flume));
        for (String component : names(flume)) {
            JsonNode figures = ours.get(component);
            assertThat(names(figures)).as(component).containsAll(names(flume.get(component)));
            assertThat(values(figures)).as(component + ": every value a string").allMatch(JsonNode::isTextual);
        }
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<JsonNode> values(JsonNode node) {
        List<JsonNode> values = new ArrayList<>();
        node.elements().forEachRemaining(values::add);
        return values;
    }
}
