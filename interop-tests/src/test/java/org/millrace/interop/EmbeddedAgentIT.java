package org.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.Event;
import org.millrace.embedded.EmbeddedAgent;
import org.millrace.embedded.RefusedException;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.EventServer;
import org.millrace.testkit.process.JavaProcess;

/** The same properties and events for Flume's embedded agent and for ours. */
class EmbeddedAgentIT {
    private static final int SINGLE = 3;
    private static final int BATCH = 5;

    @TempDir
    private static Path directory;

    private static JavaProcess flume;

    @BeforeAll
    static void startFlume() {
        flume = JavaProcess.conversation(
                "flume-embedded",
                directory,
                AgentProcess.flumeFlags("-Xmx256m"),
                AgentProcess.flumeClassPath(),
                List.of("org.millrace.flume.FlumeEmbedded"));
    }

    @AfterAll
    static void stopFlume() {
        flume.close();
    }

    @Test
    void theSameEventsArriveInTheSameOrder() throws Exception {
        Recorder fromFlume = new Recorder();
        List<String> flumes;
        Recorder fromUs = new Recorder();
        try (EventServer server = new EventServer(0, fromFlume)) {
            assertThat(runFlume(properties(server.port()))).isEqualTo("put " + (SINGLE + BATCH));
            await().until(() -> fromFlume.events.size() == SINGLE + BATCH);
            flumes = List.copyOf(
                    fromFlume.events); // its stop may cut off a call whose events have arrived, and send them again
            flume.ask("stop");
        }
        try (EventServer server = new EventServer(0, fromUs)) {
            runOurs(properties(server.port()));
        }
        assertThat(List.copyOf(fromUs.events)).isEqualTo(flumes);
        assertThat(fromUs.events).element(0).isEqualTo("{number=0, team=shop} single 0");
    }

    /** Where Flume refuses, so do we; with one difference, a key that none of its parts knows. */
    @Test
    void whatFlumeRefusesIsRefusedHereToo() throws IOException {
        Map<String, String> good = properties(1);
        for (String[] edit : new String[][] {
            {"sinks", ""},
            {"channel.type", "jdbc"},
            {"k.type", "hdfs"},
            {"processor.type", "nosuch"},
            {"sinks", "source"},
            {"unknown.key", "x"},
            {"channel.type", ""}
        }) {
            Map<String, String> bad = new LinkedHashMap<>(good);
            bad.put(edit[0], edit[1]);
            bad.values().removeIf(String::isEmpty);
            assertThat(runFlume(bad)).as(String.join(" = ", edit)).startsWith("refused ");
            assertThatThrownBy(() -> new EmbeddedAgent("ours").configure(bad))
                    .as(String.join(" = ", edit))
                    .isInstanceOf(RefusedException.class);
        }
    }

    private static String runFlume(Map<String, String> properties) throws IOException {
        Path file = Files.writeString(
                directory.resolve("embedded.properties"),
                properties.entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + entry.getValue())
                        .collect(Collectors.joining("\n")));
        return flume.ask("run " + file + " " + SINGLE + " " + BATCH);
    }

    private static void runOurs(Map<String, String> properties) throws Exception {
        try (EmbeddedAgent agent = new EmbeddedAgent("ours")) {
            agent.configure(properties);
            agent.start();
            for (int i = 0; i < SINGLE; i++) {
                agent.put(event("single", i));
            }
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                events.add(event("batch", i));
            }
            agent.putAll(events);
        }
    }

    private static Event event(String kind, int number) {
        return Event.ofText(Map.of("number", Integer.toString(number)), kind + " " + number);
    }

    private static Map<String, String> properties(int port) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("channel.type", "memory");
        properties.put("channel.capacity", "200");
        properties.put("sinks", "k other");
        for (String sink : List.of("k", "other")) {
            properties.put(sink + ".type", "avro");
            properties.put(sink + ".hostname", "127.0.0.1");
            properties.put(sink + ".port", Integer.toString(port));
        }
        properties.put("processor.type", "failover");
        properties.put("processor.priority.k", "10");
        properties.put("processor.priority.other", "5");
        properties.put("source.interceptors", "i");
        properties.put("source.interceptors.i.type", "static");
        properties.put("source.interceptors.i.key", "team");
        properties.put("source.interceptors.i.value", "shop");
        return properties;
    }

    private static final class Recorder implements EventServer.Taker {
        private final Queue<String> events = new ConcurrentLinkedQueue<>();

        @Override
        public void take(Map<String, String> headers, byte[] body) {
            events.add(new TreeMap<>(headers) + " " + new String(body, StandardCharsets.UTF_8));
        }

        @Override
        public void fault(Exception why) {
            if (!(why instanceof IOException)) {
                events.add(why.toString());
            }
        }
    }
}
