package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Transaction;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;
import org.millrace.relay.fakes.FakeSource;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.testkit.Batches;

/** An agent with fake sources and sinks whose file changes. */
class ReloadTest {
    private static final String FILE = """
            a.sources = r1 r2
            a.channels = c1 c2
            a.sinks = k1 k2
            a.sources.r1.type = spooldir
            a.sources.r1.spoolDir = in
            a.sources.r1.channels = c1
            a.sources.r2.type = spooldir
            a.sources.r2.spoolDir = in
            a.sources.r2.channels = c2
            a.channels.c1.type = memory
            a.channels.c1.capacity = 10000
            a.channels.c1.transactionCapacity = 1000
            a.channels.c2.type = kept
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h
            a.sinks.k1.port = 1
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c2
            a.sinks.k2.hostname = h
            a.sinks.k2.port = 1
            """;

    @TempDir
    private Path directory;

    private final Diary diary = new Diary();
    private final MetricRegistry shown = new MetricRegistry();
    private Relay relay;
    private Reloader reloader;
    private Path file;
    private Duration drainDeadline = Duration.ofSeconds(60);

    @AfterEach
    void close() {
        relay.close();
    }

    @Test
    void whatDidNotChangeIsLeftAlone() throws Exception {
        start(FILE);
        assertThat(changeTo(FILE.replace("k1.port = 1", "k1.port = 2")))
                .containsExactly("close sink k1", "start sink k1");
        assertThat(changeTo("# a comment, and another order\n" + FILE)).contains("close sink k1");
        assertThat(changeTo("# one more\n" + FILE)).isEmpty();
    }

    @Test
    void aChangedChannelTakesItsSinksAlongAndItsSourceGoesOn() throws Exception {
        start(FILE);
        assertThat(changeTo(FILE.replace("c1.capacity = 10000", "c1.capacity = 20000")))
                .containsExactly("close sink k1", "start channel c1", "start sink k1", "close channel c1");
        put("r1", 0, 10);
        put("r2", 0, 10);
        awaitTaken("k1", 10);
        awaitTaken("k2", 10);
    }

    @Test
    void aDurableChannelIsClosedBeforeItIsOpenedAnew() throws Exception {
        start(FILE);
        assertThat(changeTo(FILE.replace("c2.type = kept", "c2.type = kept\na.channels.c2.capacity = 700")))
                .containsExactly("close sink k2", "close channel c2", "start channel c2", "start sink k2");
    }

    @Test
    void aSourceGoesOnAlthoughItsInterceptorsAndChannelsChange() throws Exception {
        start(FILE);
        assertThat(changeTo(FILE.replace("a.sources.r1.channels = c1", """
                        a.sources.r1.channels = c1 c2
                        a.sources.r1.interceptors = i
                        a.sources.r1.interceptors.i.type = timestamp
                        """))).isEmpty();
        put("r1", 0, 10);
        awaitTaken("k1", 10);
        awaitTaken("k2", 10);
    }

    @Test
    void aChangedSourceIsClosedBeforeItIsOpenedAnew() throws Exception {
        start(FILE);
        assertThat(changeTo(FILE.replace("r1.spoolDir = in", "r1.spoolDir = other")))
                .containsExactly("close source r1", "start source r1");
    }

    @Test
    void aChannelThatIsGoneIsDrainedFirst() throws Exception {
        start(FILE + "a.sinks.k1.batch-size = 3\n");
        put("r1", 0, 100);
        String without = FILE.replace("a.channels = c1 c2", "a.channels = c2")
                .replace("r1.channels = c1", "r1.channels = c2")
                .replace("k1.channel = c1", "k1.channel = c2")
                .lines()
                .filter(line -> !line.startsWith("a.channels.c1."))
                .reduce("", (text, line) -> text + line + "\n");
        assertThat(changeTo(without))
                .filteredOn(entry -> !entry.contains("took"))
                .containsExactly("close sink k1", "start sink k1", "close channel c1");
        assertThat(taken("k1")).isEqualTo(100);
        assertThat(shown.getNames()).noneMatch(name -> name.startsWith("channel.c1."));
    }

    @Test
    void eventsInMemoryAreHandedOverToTheChannelThatTakesTheirPlace() throws Exception {
        String stuck = FILE.replace("k1.batch-size = 100", "")
                .replace("a.sinks = k1 k2", "a.sinks = k2")
                .lines()
                .filter(line -> !line.startsWith("a.sinks.k1."))
                .reduce("", (text, line) -> text + line + "\n");
        start(stuck);
        put("r1", 0, 900);
        put("r1", 900, 100);
        changeTo(stuck.replace("c1.transactionCapacity = 1000", "c1.transactionCapacity = 300"));
        assertThat(shown.getGauges()).containsKey("channel.c1.bodyBytes");
        changeTo(FILE);
        awaitTaken("k1", 1000);
    }

    @Test
    void aBadFileChangesNothingAndIsLookedAtAgainOnceItChanges() throws Exception {
        start(FILE);
        assertThat(changeTo(FILE.replace("k1.port = 1", "k1.port = 0"))).isEmpty();
        assertThat(changeTo(FILE.replace("k1.port = 1", "k1.port = 3")))
                .containsExactly("close sink k1", "start sink k1");
        Files.delete(file);
        reloader.look(false);
        assertThat(changeTo(FILE)).containsExactly("close sink k1", "start sink k1");
    }

    @Test
    void aPartThatDoesNotStartIsTakenBack() throws Exception {
        start(FILE);
        put("r1", 0, 10);
        awaitTaken("k1", 10);
        List<String> entries = changeTo(
                FILE.replace("c1.capacity = 10000", "c1.capacity = 20000") + "a.sinks.k1.failure = nobody answers\n");
        assertThat(entries).filteredOn(entry -> entry.equals("start sink k1")).hasSize(2);
        assertThat(relay.running().sinks()).hasSize(2);
        put("r1", 10, 10);
        awaitTaken("k1", 20);
        assertThat(changeTo(FILE.replace("k1.port = 1", "k1.port = 2"))).contains("start sink k1");
    }

    @Test
    void aSourceThatDoesNotStartIsTakenBackAndTheOthersGoOn() throws Exception {
        start(FILE);
        assertThat(changeTo(
                        FILE.replace("r2.channels = c2", "r2.channels = c1") + "a.sources.r1.failure = port taken\n"))
                .containsExactly("close source r1", "start source r1", "start source r1");
        put("r2", 0, 10);
        awaitTaken("k2", 10);
    }

    @Test
    void aPartThatBreaksAtItsStartIsTakenBackToo() throws Exception {
        start(FILE);
        for (Supplier<Throwable> failure : List.<Supplier<Throwable>>of(
                () -> new IllegalStateException("no licence"), () -> new NoClassDefFoundError("com/acme/Gone"))) {
            diary.breakDown("k3", failure);
            assertThat(changeTo(FILE.replace("c1.capacity = 10000", "c1.capacity = 20000")
                                    .replace("a.sinks = k1 k2", "a.sinks = k1 k2 k3")
                            + FILE.lines()
                                    .filter(line -> line.startsWith("a.sinks.k1."))
                                    .map(line -> line.replace("k1", "k3") + "\n")
                                    .collect(Collectors.joining())))
                    .contains("start sink k3", "close sink k3");
            assertThat(relay.running().sinks())
                    .extracting(Assembly.SinkPart::name)
                    .containsExactlyInAnyOrder("k1", "k2");
            int before = taken("k1");
            put("r1", before, 10);
            awaitTaken("k1", before + 10);
        }
    }

    @Test
    void aSourceGoesOnOnceThePartIsTakenOutThatNeitherConfigurationCouldStart() throws Exception {
        start(FILE);
        diary.breakDown("k2");
        changeTo(FILE.replace("r1.channels = c1", "r1.channels = c1 c2").replace("k2.port = 1", "k2.port = 2"));
        changeTo(FILE.replace("a.sinks = k1 k2", "a.sinks = k1")
                .lines()
                .filter(line -> !line.startsWith("a.sinks.k2."))
                .map(line -> line + "\n")
                .collect(Collectors.joining()));
        put("r1", 0, 10);
        awaitTaken("k1", 10);
    }

    @Test
    void aSourceThatComesPutsNothingIntoAChangeThatFails() throws Exception {
        start(FILE);
        diary.breakDown("r4");
        String change = FILE.replace("a.sources = r1 r2", "a.sources = r1 r2 r3 r4")
                        .replace("c1.type = memory", "c1.type = kept")
                + Stream.of("r3", "r4")
                        .map(name -> "a.sources.N.type = spooldir\na.sources.N.spoolDir = in\na.sources.N.channels = c1\n"
                                .replace("N", name))
                        .collect(Collectors.joining());
        diary.block("k1");
        put("r1", 0, 100);
        assertThat(changeTo(change)).contains("start source r3", "start source r4", "close source r3");
        diary.unblock("k1");
        put("r1", 100, 10);
        awaitTaken("k1", 110);
    }

    @Test
    void whatAChannelOnDiskWasHandedByAChangeThatFailsIsServedAfterIt() throws Exception {
        drainDeadline = Duration.ofMillis(200);
        String file = FILE.replace("c2.type = kept", "c2.type = memory\na.channels.c2.capacity = 10000");
        start(file);
        diary.block("k1");
        diary.block("k2");
        put("r1", 0, 50);
        put("r2", 0, 50);
        changeTo(file.replace("c1.type = memory", "c1.type = file\n" + directories("c1"))
                .replace("c2.capacity = 10000", "c2.capacity = 10")); // takes fewer than there are
        assertThat(relay.running().channels()).extracting(Object::toString).contains("c1 (memory)", "c2 (memory)");
        diary.unblock("k1");
        diary.unblock("k2");
        awaitTaken("k1", 50);
        awaitTaken("k2", 50);
    }

    @Test
    void aChannelThatSpillsIsEmptiedAndClosedBeforeItIsOpenedAnew() throws Exception {
        String file = spilling();
        start(file);
        put("r1", 0, 50);
        assertThat(changeTo(file.replace("memoryCapacity = 100", "memoryCapacity = 200")))
                .containsExactly("close sink k1", "close channel c1", "start channel c1", "start sink k1");
        put("r1", 50, 50);
        awaitTaken("k1", 100);
    }

    @Test
    void aChannelThatSpillsStaysWhileItsMemoryCannotBeEmptied() throws Exception {
        drainDeadline = Duration.ofMillis(200);
        String file = spilling();
        start(file);
        diary.block("k1");
        put("r1", 0, 50);
        assertThat(changeTo(file.replace("memoryCapacity = 100", "memoryCapacity = 200")))
                .containsExactly("close sink k1", "start sink k1");
        diary.unblock("k1");
        put("r1", 50, 50);
        awaitTaken("k1", 100);
        assertThat(changeTo(file.replace("memoryCapacity = 100", "memoryCapacity = 300")))
                .contains("close channel c1", "start channel c1");
    }

    @Test
    void eventsThatAHangingSinkHasAreNotGivenUp() throws Exception {
        drainDeadline = Duration.ofMillis(200);
        start(FILE);
        diary.block("k1");
        put("r1", 0, 10);
        try (Transaction hanging = relay.running().channels().get(0).channel().begin()) {
            assertThat(hanging.take(10)).isNotNull();
            assertThat(changeTo(FILE.replace("c1.capacity = 10000", "c1.capacity = 20000")))
                    .endsWith("close channel c1", "start sink k1");
        }
        diary.unblock("k1");
        awaitTaken("k1", 10);
    }

    @Test
    void aBatchThatIsTooLargeForTheNewChannelIsHandedOverInParts() throws Exception {
        start(FILE);
        diary.block("k1");
        put("r1", 0, 900); // some 8 kB of bodies
        diary.onceNoted("start channel c1", () -> diary.unblock("k1")); // that its sink makes room
        changeTo(FILE.replace("c1.capacity = 10000", "c1.capacity = 10000\na.channels.c1.byteCapacity = 5000"));
        assertThat(relay.running().channels()).anyMatch(part -> "5000".equals(part.values().shown("byteCapacity")));
        awaitTaken("k1", 900);
    }

    @Test
    void anEventThatIsTooLargeForTheNewChannelRefusesTheChange() throws Exception {
        start(FILE);
        diary.block("k1");
        source("r1").inlet().put(Batches.sized(3, 500));
        changeTo(FILE.replace("c1.capacity = 10000", "c1.capacity = 10000\na.channels.c1.byteCapacity = 300"));
        diary.unblock("k1");
        awaitTaken("k1", 3);
    }

    @Test
    void figuresFollow() throws Exception {
        start(FILE);
        assertThat(shown.getGauges()).containsKeys("sink.k1.running", "channel.c1.bodyBytes");
        changeTo(FILE.replace("a.sinks = k1 k2", "a.sinks = k1 k3").replace("a.sinks.k2.", "a.sinks.k3."));
        assertThat(shown.getGauges()).containsKeys("sink.k1.running", "sink.k3.running");
        assertThat(shown.getNames()).noneMatch(name -> name.startsWith("sink.k2."));
        relay.close();
    }

    @Test
    void aSinkThatJoinsAGroupIsRestartedWithIt() throws Exception {
        start(FILE);
        String grouped = FILE.replace("k2.channel = c2", "k2.channel = c1")
                        .replace("r2.channels = c2", "r2.channels = c1")
                        .replace("a.channels = c1 c2", "a.channels = c1")
                        .replace("a.channels.c2.type = kept\n", "")
                + "a.sinkgroups = g\na.sinkgroups.g.sinks = k1 k2\na.sinkgroups.g.processor.type = failover\n"
                + "a.sinkgroups.g.processor.priority.k1 = 3\na.sinkgroups.g.processor.priority.k2 = 2\n";
        assertThat(changeTo(grouped)).contains("close sink k1", "start sink k1", "start sink k2");
        assertThat(changeTo("#\n" + grouped)).isEmpty();
        assertThat(changeTo(grouped.replace("priority.k2 = 2", "priority.k2 = 5")))
                .containsExactlyInAnyOrder("close sink k1", "close sink k2", "start sink k1", "start sink k2");
        put("r1", 0, 10);
        awaitTaken("k2", 10);
    }

    private void start(String text) throws Exception {
        file = Files.writeString(directory.resolve("a.properties"), text);
        Configuration.Request request = Configuration.Request.ofFiles("a", List.of(file), false);
        Configuration first = read(request, null);
        assertThat(first.findings().mistakes()).isEmpty();
        relay = new Relay(
                first.assembly(),
                new Monitoring(new MonitoringSettings(null), shown, List.of()),
                drainDeadline);
        relay.start();
        reloader = new Reloader(request, this::read, relay, first, Duration.ofDays(1));
    }

    /** What happened, without what sinks took. */
    private List<String> changeTo(String text) throws IOException, InterruptedException {
        int before = diary.entries().size();
        Files.writeString(file, text);
        reloader.look(false);
        return diary.entries().subList(before, diary.entries().size()).stream()
                .filter(entry -> !entry.contains("took"))
                .toList();
    }

    private Configuration read(Configuration.Request request, Assembly running) {
        return Configuration.read(
                request,
                new Environment(Map.of(), new Properties()),
                FakeParts.catalogWithKept(diary),
                Relay.routing(),
                InstantSource.system(),
                running);
    }

    private void put(String source, int first, int events) throws InterruptedException {
        source(source).inlet().put(Batches.numbered(first, events));
    }

    private FakeSource source(String name) {
        return relay.running().sources().stream()
                .filter(part -> part.name().equals(name))
                .map(part -> (FakeSource) part.source())
                .findFirst()
                .orElseThrow();
    }

    /** With c1 a channel that spills. */
    private String spilling() {
        return FILE.replace("a.channels.c1.type = memory\na.channels.c1.capacity = 10000\n", """
                a.channels.c1.type = SPILLABLEMEMORY
                a.channels.c1.memoryCapacity = 100
                a.channels.c1.overflowCapacity = 10000
                """ + directories("c1"));
    }

    private String directories(String channel) {
        Path own = directory.resolve(channel);
        return "a.channels." + channel + ".checkpointDir = " + own.resolve("checkpoint") + "\na.channels." + channel
                + ".dataDirs = " + own.resolve("data") + "\n";
    }

    private void awaitTaken(String sink, int events) {
        await().until(() -> taken(sink) == events);
    }

    private int taken(String sink) {
        String start = "sink " + sink + " took ";
        return diary.entries().stream()
                .filter(entry -> entry.startsWith(start))
                .mapToInt(entry -> Integer.parseInt(entry.substring(start.length())))
                .sum();
    }
}
