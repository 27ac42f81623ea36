package org.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ChannelException;
import org.millrace.api.StartException;
import org.millrace.client.Event;
import org.millrace.testkit.process.EventServer;

class EmbeddedAgentTest {
    @TempDir
    private Path directory;

    private final Recorder recorder = new Recorder();

    @Test
    void eventsOfManyThreadsReachTheAgentBehindItEachOnce() throws Exception {
        try (EventServer server = new EventServer(0, recorder);
                EmbeddedAgent agent = started(memory(server.port()))) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                String prefix = thread + "/";
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        agent.put(Event.ofText(prefix + i));
                    }
                    agent.putAll(List.of(Event.ofText(prefix + "x"), Event.ofText(prefix + "y")));
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
            threads.shutdown();
            await().until(() -> recorder.bodies.size() == 4 * 52);
            assertThat(agent.figures())
                    .containsEntry("SOURCE.source.EventAcceptedCount", 208L)
                    .containsEntry("CHANNEL.channel.EventPutSuccessCount", 208L);
        }
        assertThat(recorder.copies).isEmpty();
    }

    @Test
    void severalAgentsInOneProcessDoNotKnowEachOtherAndRegisterNothing() throws Exception {
        try (EventServer server = new EventServer(0, recorder);
                EmbeddedAgent one = started(memory(server.port()));
                EmbeddedAgent other = started(memory(server.port()))) {
            one.put(Event.ofText("one"));
            other.put(Event.ofText("other"));
            await().until(() -> recorder.bodies.equals(Set.of("one", "other")));
            assertThat(ManagementFactory.getPlatformMBeanServer()
                            .queryNames(new ObjectName("org.apache.flume.*:*"), null))
                    .isEmpty();
        }
    }

    @Test
    void whatIsInTheMemoryChannelIsDeliveredBeforeItStopsAndItCanBeStartedAgain() throws Exception {
        try (EventServer server = new EventServer(0, recorder)) {
            EmbeddedAgent agent = started(memory(server.port()));
            agent.put(Event.ofText("first"));
            agent.stop();
            assertThat(recorder.bodies).containsExactly("first");
            assertThatThrownBy(() -> agent.put(Event.ofText("lost"))).isInstanceOf(IllegalStateException.class);
            agent.start();
            agent.put(Event.ofText("second"));
            agent.stop();
            agent.stop();
            assertThat(recorder.bodies).containsExactlyInAnyOrder("first", "second");
        }
    }

    @Test
    void aFullChannelRefusesAndHasNoneOfTheEvents() throws Exception {
        Map<String, String> properties = memory(1);
        properties.put("channel.capacity", "3");
        properties.put("channel.transactionCapacity", "3");
        properties.put("k.batch-size", "1");
        properties.put("channel.keep-alive", "0");
        EmbeddedAgent agent = new EmbeddedAgent("a", Duration.ZERO);
        agent.configure(properties);
        agent.start();
        try {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            agent.putAll(List.of(Event.ofText("1"), Event.ofText("2")));
                        }
                    })
                    .isInstanceOf(ChannelException.class);
            assertThat(agent.figures()).containsEntry("SOURCE.source.ChannelWriteFail", 1L);
            agent.putAll(List.of());
        } finally {
            agent.stop();
        }
    }

    @Test
    void allMistakesAreToldInTheKeysThatWereGiven() {
        Map<String, String> properties = memory(1);
        properties.put("k.hostnme", properties.remove("k.hostname"));
        properties.put("channel.capacity", "many");
        properties.put("processor.type", "failover");
        properties.put("processor.maxpenalty", "long");
        properties.put("source.interceptors", "i");
        properties.put("source.interceptors.i.type", "nosuch");
        assertThat(mistakes(properties))
                .contains(
                        "k.hostname: missing (expected: a host name or address)",
                        "k.hostnme: unknown key (did you mean k.hostname?)")
                .anySatisfy(text -> assertThat(text).startsWith("channel.capacity: many (expected: a whole number"))
                .anySatisfy(text -> assertThat(text).startsWith("source.interceptors.i.type: nosuch (expected: "))
                .anySatisfy(text -> assertThat(text).startsWith("processor.").contains("expected"));
    }

    @Test
    void whatAnEmbeddedAgentDoesNotHaveIsRefused() {
        Map<String, String> properties = memory(1);
        properties.put("channel.type", "jdbc");
        properties.put("k.type", "hdfs");
        properties.put("k.channel", "other");
        properties.put("source.type", "avro");
        properties.put("source.selector.type", "multiplexing");
        properties.put("processor.type", "mine");
        properties.put("extra", "x");
        properties.put("sink9.type", "avro");
        assertThat(mistakes(properties))
                .containsExactlyInAnyOrder(
                        "channel.type: jdbc (expected: memory or file; an embedded agent has no others)",
                        "k.type: hdfs (expected: avro; an embedded agent has no others)",
                        "k.channel: unknown key (expected: no such key, as an embedded agent has one channel)",
                        "source.type: avro (expected: embedded; an embedded agent has no others)",
                        "source.selector.type: unknown key (expected: no such key, as an embedded agent has one channel)",
                        "processor.type: mine (expected: default, failover or load_balance; an embedded agent has no others)",
                        "extra: unknown key (expected: sinks, or a key that starts with source., channel., processor., k.)",
                        "sink9.type: unknown key (expected: sinks, or a key that starts with source., channel., processor., k.)");
        assertThat(mistakes(new HashMap<>()))
                .containsExactly(
                        "sinks: missing (expected: names of sinks, separated by blanks)",
                        "channel.type: missing (expected: memory or file)",
                        "processor.type: missing (expected: default, failover or load_balance)");
        assertThat(mistakes(new HashMap<>(
                        Map.of("sinks", "source", "channel.type", "memory", "processor.type", "default"))))
                .singleElement()
                .asString()
                .startsWith("sinks: source (expected: names separated by blanks");
    }

    @Test
    void aStateThatDoesNotFitIsRefused() throws Exception {
        EmbeddedAgent agent = new EmbeddedAgent("a");
        assertThatThrownBy(agent::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> agent.put(Event.ofText("x"))).isInstanceOf(IllegalStateException.class);
        agent.configure(memory(1));
        agent.start();
        try {
            assertThatThrownBy(agent::start).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> agent.configure(memory(1))).isInstanceOf(IllegalStateException.class);
        } finally {
            agent.stop();
        }
        assertThatThrownBy(() -> new EmbeddedAgent("a.b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDirectoryThatIsInUseFailsTheStartAndLeavesNothingBehind() throws Exception {
        Map<String, String> properties = memory(1);
        properties.remove("channel.capacity");
        properties.put("channel.type", "file");
        properties.put("channel.checkpointDir", directory.resolve("checkpoint").toString());
        properties.put("channel.dataDirs", directory.resolve("data").toString());
        EmbeddedAgent first = new EmbeddedAgent("first");
        EmbeddedAgent second = new EmbeddedAgent("second");
        first.configure(properties);
        second.configure(properties);
        first.start();
        try {
            assertThatThrownBy(second::start).isInstanceOf(StartException.class);
        } finally {
            first.stop();
        }
        second.start();
        second.stop();
    }

    private EmbeddedAgent started(Map<String, String> properties) throws StartException {
        EmbeddedAgent agent = new EmbeddedAgent("a");
        agent.configure(properties);
        agent.start();
        return agent;
    }

    private static List<String> mistakes(Map<String, String> properties) {
        try {
            new EmbeddedAgent("a").configure(properties);
        } catch (RefusedException e) {
            return e.mistakes();
        }
        return List.of();
    }

    private static Map<String, String> memory(int port) {
        return new HashMap<>(Map.of(
                "channel.type", "memory",
                "channel.capacity", "1000",
                "sinks", "k",
                "k.type", "avro",
                "k.hostname", "127.0.0.1",
                "k.port", Integer.toString(port),
                "processor.type", "default"));
    }

    private static final class Recorder implements EventServer.Taker {
        private final Set<String> bodies = ConcurrentHashMap.newKeySet();
        private final Set<String> copies = ConcurrentHashMap.newKeySet();

        @Override
        public void take(Map<String, String> headers, byte[] body) {
            String text = new String(body, StandardCharsets.UTF_8);
            if (!bodies.add(text)) {
                copies.add(text);
            }
        }

        @Override
        public void fault(Exception why) {
            if (!(why instanceof IOException)) {
                copies.add(why.toString());
            }
        }
    }
}
