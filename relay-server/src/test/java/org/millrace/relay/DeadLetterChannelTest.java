package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.ComponentCatalog;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.config.Plan;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;

/** An agent whose sink puts what it cannot deliver into the channel of another one. */
class DeadLetterChannelTest {
    private static final int EVENTS = 50;

    private static final String FILE = """
            a.sources = r
            a.channels = c1 c2
            a.sinks = dead k
            a.sources.r.type = seq
            a.sources.r.totalEvents = 50
            a.sources.r.channels = c1
            a.channels.c1.type = memory
            a.channels.c2.type = memory
            a.sinks.k.type = file_roll
            a.sinks.k.channel = c1
            a.sinks.k.sink.directory = DIR/good
            a.sinks.k.sink.serializer = org.apache.flume.sink.hdfs.AvroEventSerializer$Builder
            a.sinks.k.deadLetter.type = channel
            a.sinks.k.deadLetter.channel = c2
            a.sinks.dead.type = file_roll
            a.sinks.dead.channel = c2
            a.sinks.dead.sink.directory = DIR/dead
            a.sinks.dead.sink.serializer = HEADER_AND_TEXT
            """;

    @TempDir
    private Path directory;

    private @Nullable Relay relay;

    @BeforeEach
    void makeDirectories() throws IOException {
        Files.createDirectory(directory.resolve("good"));
        Files.createDirectory(directory.resolve("dead"));
    }

    @AfterEach
    void close() {
        if (relay != null) {
            relay.close();
        }
    }

    @Test
    void whatASinkCannotDeliverIsTakenByTheSinkOfThatChannelWithTheReason() throws Exception {
        Assembly assembly = assembled(FILE);
        relay = started(assembly);
        await().until(() -> deadLines().size() == EVENTS);
        assertThat(deadLines())
                .allSatisfy(line -> assertThat(line).contains("deadLetter.reason=", "deadLetter.sink=k"));
        assertThat(sink(assembly, "k").metrics().counter("deadLetteredEvents").getCount())
                .isEqualTo(EVENTS);
        assertThat(sink(assembly, "k").metrics().flumeAttributes()).doesNotContainKey("deadLetterBytes");
    }

    @Test
    void whoPutsIntoAChannelIsEmptiedBeforeWhoTakesFromIt() throws IOException {
        List<Drainer> asListed = Drainer.of(assembled(FILE));
        assertThat(asListed).extracting(Drainer::title).containsExactly("sink dead", "sink k");
        assertThat(titles(Drainer.upstreamFirst(asListed))).containsExactly(List.of("sink k"), List.of("sink dead"));
        assertThat(Drainer.upstreamFirst(asListed))
                .extracting(stage -> stage.get(0).feedsOthers())
                .containsExactly(true, false);
    }

    @Test
    void allThatPutIntoChannelsOfOthersAreClosedTogether() throws IOException {
        String two = FILE.replace("a.sinks = dead k", "a.sinks = k dead k2")
                + FILE.lines()
                        .filter(line -> line.startsWith("a.sinks.k."))
                        .map(line -> line.replace("sinks.k.", "sinks.k2.") + "\n")
                        .collect(Collectors.joining());
        assertThat(titles(Drainer.upstreamFirst(Drainer.of(assembled(two)))))
                .containsExactly(List.of("sink k", "sink k2"), List.of("sink dead"));
    }

    private static List<List<String>> titles(List<List<Drainer>> stages) {
        return stages.stream()
                .map(stage -> stage.stream().map(Drainer::title).toList())
                .toList();
    }

    @Test
    void aStopEmptiesTheChannelOfDeadLettersLast() throws Exception {
        Assembly assembly = assembled(FILE.replace("totalEvents = 50", "batchSize = 100")
                .replace("k.deadLetter.type", "k.sink.batchSize = 1\na.sinks.k.deadLetter.type"));
        relay = started(assembly);
        await().until(() -> !deadLines().isEmpty());
        relay.close();
        assertThat((long) deadLines().size())
                .isEqualTo(assembly.sources().get(0).metrics().eventsAccepted.getCount());
    }

    @Test
    void aChangedChannelOfDeadLettersRestartsTheSinkThatPutsIntoItAndNothingIsLost() throws Exception {
        relay = started(assembled(FILE));
        await().until(() -> deadLines().size() == EVENTS);
        Assembly running = relay.running();
        Assembly next =
                assembled(FILE.replace("c2.type = memory", "c2.type = memory\na.channels.c2.capacity = 700"), running);
        List<String> steps = Plan.between(running, next).changes().stream()
                .map(Plan.Step::toString)
                .toList();
        assertThat(steps)
                .containsExactly(
                        "restart channel c2 (memory): capacity: 700 is new",
                        "restart sink c2 -> dead (file_roll): its channel c2 is restarted",
                        "restart sink c1 -> k (file_roll): channel c2, which it puts into, is restarted");
        relay.reload(next);
        assertThat(sink(next, "k")).isNotSameAs(sink(running, "k"));
        assertThat(deadLines()).hasSize(EVENTS);
        assertThat(Plan.between(relay.running(), assembled(FILE, relay.running()))
                        .changes())
                .hasSize(3);
    }

    @Test
    void whatDoesNotTouchTheChannelOfDeadLettersLeavesTheSinkAlone() throws Exception {
        relay = started(assembled(FILE));
        Assembly next = assembled(FILE.replace("/dead", "/good/../dead"), relay.running());
        assertThat(Plan.between(relay.running(), next).changes())
                .singleElement()
                .asString()
                .startsWith("restart sink c2 -> dead");
    }

    @Test
    void aChannelThatIsNotThereIsRefused() throws IOException {
        assertThat(mistakes(FILE.replace("deadLetter.channel = c2", "deadLetter.channel = c3")))
                .containsExactly(
                        "14: a.sinks.k.deadLetter.channel: c3 (expected: one of the declared channels: c1, c2; did you mean c1?)");
    }

    @Test
    void theSinksOwnChannelIsRefused() throws IOException {
        assertThat(mistakes(FILE.replace("deadLetter.channel = c2", "deadLetter.channel = c1")))
                .containsExactly(
                        "14: a.sinks.k.deadLetter.channel: c1 (expected: another channel than the sink's own, from which it would take the events again)");
    }

    @Test
    void aChannelFromWhichEventsComeBackByOtherSinksIsRefused() throws IOException {
        assertThat(mistakes(FILE.replace("a.channels = c1 c2", "a.channels = c1 c2 c3")
                                .replace("a.sinks = dead k", "a.sinks = k dead last")
                        + """
                        a.channels.c3.type = memory
                        a.sinks.dead.deadLetter.type = channel
                        a.sinks.dead.deadLetter.channel = c3
                        a.sinks.last.type = file_roll
                        a.sinks.last.channel = c3
                        a.sinks.last.sink.directory = /tmp
                        a.sinks.last.deadLetter.type = channel
                        a.sinks.last.deadLetter.channel = c1
                        """))
                .containsExactly(
                        "26: a.sinks.last.deadLetter.channel: c1 (expected: a channel from which events do not come back to c3: "
                                + "sink k takes from c1 and puts into c2, sink dead takes from c2 and puts into c3)");
    }

    @Test
    void aSinkIsLeftOutWithTheChannelOfItsDeadLetters() throws IOException {
        Configuration lenient = read(FILE.replace("c2.type = memory", "c2.type = nonsense"), true, null);
        assertThat(lenient.assembly().sinks()).isEmpty();
        assertThat(lenient.findings().dropped().stream().map(Object::toString))
                .anySatisfy(line -> assertThat(line)
                        .contains("a.sinks.k.deadLetter.channel", "sink is left out, as channel c2 is"));
    }

    @Test
    void thatAChannelInMemoryLosesItsDeadLettersIsSaid() throws IOException {
        assertThat(read(FILE, false, null).findings().notes().stream().map(Object::toString))
                .anySatisfy(
                        line -> assertThat(line)
                                .contains(
                                        "a.sinks.k.deadLetter.channel: c2 loses what it holds in memory when the process ends"));
    }

    private List<String> deadLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("dead"))) {
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    private static SinkPart sink(Assembly assembly, String name) {
        return assembly.sinks().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> mistakes(String text) throws IOException {
        return read(text, false, null).findings().mistakes().stream()
                .map(mistake -> mistake.toString().replace(directory + "/a.properties:", ""))
                .toList();
    }

    private Assembly assembled(String text) throws IOException {
        return assembled(text, null);
    }

    private Assembly assembled(String text, @Nullable Assembly running) throws IOException {
        Configuration read = read(text, false, running);
        assertThat(read.findings().mistakes()).isEmpty();
        return read.assembly();
    }

    private Configuration read(String text, boolean lenient, @Nullable Assembly running) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text.replace("DIR", directory.toString()));
        return Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), lenient),
                new Environment(Map.of(), new Properties()),
                ComponentCatalog.ofClassPath(),
                Relay.routing(),
                InstantSource.system(),
                running);
    }

    private static Relay started(Assembly assembly) throws Exception {
        Relay relay = new Relay(
                assembly,
                new Monitoring(new MonitoringSettings(null), new MetricRegistry(), List.of()),
                Duration.ofSeconds(60));
        relay.start();
        return relay;
    }
}
