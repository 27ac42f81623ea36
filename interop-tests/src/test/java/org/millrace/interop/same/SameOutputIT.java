package org.millrace.interop.same;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.interop.JmsBroker;
import org.millrace.testkit.process.AgentProcess;
import org.millrace.testkit.process.AgentProcess.Kind;
import org.millrace.testkit.process.FreePorts;

/**
 * Each source × interceptor × serializer that Flume and we both have: one agent of each kind runs all of them side by side, with the same
 * lines in its file and the same input, and the files that come out are the same.
 */
class SameOutputIT {
    /** For all of it: what has not come out by then does not come. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** So long each waits at least, also where others have used up the time. */
    private static final Duration LEAST = Duration.ofMillis(100);

    private static final String MORE = "flume.peer.more";

    @TempDir
    private static Path dir;

    private static final Map<Kind, Side> SIDES = new EnumMap<>(Kind.class);
    private static JmsBroker broker;
    private static long deadlineNanos;

    /** A source with an interceptor, before one channel and one sink for each serializer. */
    private record Way(Feed feed, Change change, int port) {
        String name() {
            return feed + "-" + change;
        }

        Path output(Path home, Output output) {
            return home.resolve("out").resolve(name() + "-" + output);
        }
    }

    /** An agent with its ways. */
    private record Side(Path home, List<Way> ways, AgentProcess agent) {}

    @BeforeAll
    static void feedBoth() throws Exception {
        broker = JmsBroker.start();
        // Hadoop for the serializer that Flume has in its module for HDFS
        System.setProperty(
                MORE, String.join(":", JmsBroker.clientClassPath(), AgentProcess.ofOurClassPath("hadoop-client-")));
        for (Kind kind : Kind.values()) {
            SIDES.put(kind, start(kind));
        }
        for (Side side : SIDES.values()) {
            side.agent().awaitOpen();
            for (Way way : side.ways()) {
                way.feed().give(way.port(), side.home().resolve(way.name()));
            }
        }
        deadlineNanos = System.nanoTime() + LIMIT.toNanos();
    }

    @AfterAll
    static void stopBoth() throws Exception {
        System.clearProperty(MORE);
        SIDES.values().forEach(side -> side.agent().close());
        broker.close();
    }

    private static Side start(Kind kind) throws Exception {
        Path home = Files.createDirectory(dir.resolve(kind.name().toLowerCase(Locale.ROOT)));
        List<Way> ways = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        List<String> channels = new ArrayList<>();
        StringBuilder file = new StringBuilder();
        for (Feed feed : Feed.values()) {
            for (Change change : Change.values()) {
                Way way = new Way(feed, change, feed.hasPort() ? FreePorts.next() : 0);
                ways.add(way);
                sources.add(way.name());
                Path input = Files.createDirectory(home.resolve(way.name()));
                feed.prepare(input, broker);
                file.append(feed.lines(way.name(), way.port(), input, broker.url()))
                        .append(change.lines(way.name()));
                List<String> own = new ArrayList<>();
                for (Output output : Output.of(feed)) {
                    String name = way.name() + "-" + output;
                    own.add(name);
                    file.append("a.channels.%s.type = memory%n".formatted(name));
                    Path out = Files.createDirectories(way.output(home, output));
                    file.append(output.lines(name, name, out));
                }
                channels.addAll(own);
                file.append("a.sources.%s.channels = %s%n".formatted(way.name(), String.join(" ", own)));
            }
        }
        file.append("a.sources = %s%n".formatted(String.join(" ", sources)));
        file.append("a.channels = %s%n".formatted(String.join(" ", channels)));
        file.append("a.sinks = %s%n".formatted(String.join(" ", channels)));
        int[] toWaitFor = ways.stream()
                .filter(way -> way.port() != 0 && !way.feed().name().endsWith("UDP"))
                .mapToInt(Way::port)
                .toArray();
        AgentProcess agent = AgentProcess.launch(
                kind,
                home.getFileName().toString(),
                dir,
                List.of("-Xmx512m", "-Xss256k", JmsBroker.FLUMES_FLAG),
                file.toString(),
                toWaitFor);
        return new Side(home, ways, agent);
    }

    @TestFactory
    Stream<DynamicTest> theSameFileAndInputMakeTheSameOutput() {
        Side flume = SIDES.get(Kind.FLUME);
        Side ours = SIDES.get(Kind.MILLRACE);
        return flume.ways().stream()
                .flatMap(way -> Output.of(way.feed()).stream()
                        .map(output ->
                                dynamicTest(way.name() + "-" + output, () -> compare(way, output, flume, ours))));
    }

    private static void compare(Way way, Output output, Side flume, Side ours) {
        List<String> expected = await(way, output, flume.home());
        assertThat(expected).as("Flume's own").hasSize(way.change().eventsOf(way.feed()));
        assertThat(await(way, output, ours.home())).containsExactlyElementsOf(expected);
    }

    /** What has come out once it is all there, or when nobody waits for it any longer. */
    private static List<String> await(Way way, Output output, Path home) {
        Path out = way.output(home, output);
        int events = way.change().eventsOf(way.feed());
        long left = Math.max(LEAST.toNanos(), deadlineNanos - System.nanoTime());
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .atMost(Duration.ofNanos(left))
                    .until(() -> output.read(out).size() >= events);
        } catch (ConditionTimeoutException tooFew) {
            return output.read(out);
        }
        return output.read(out);
    }
}
