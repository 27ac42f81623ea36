package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Assembly.SinkPart;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Environment;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;
import org.millrace.relay.fakes.FakeSource;
import org.millrace.relay.fakes.NoThreads;
import org.millrace.relay.metrics.Display;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;

@Timeout(60)
class RelayTest {
    private static final String FILE = """
            a.sources = r1 r2
            a.channels = c1
            a.sinks = k1
            a.sources.r1.type = spooldir
            a.sources.r1.spoolDir = in
            a.sources.r1.channels = c1
            a.sources.r2.type = spooldir
            a.sources.r2.spoolDir = in
            a.sources.r2.channels = c1
            a.channels.c1.type = memory
            a.channels.c1.capacity = 10000
            a.channels.c1.transactionCapacity = 1000
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h
            a.sinks.k1.port = 1
            """;

    @TempDir
    private Path directory;

    private final Diary diary = new Diary();

    @Test
    void startsFromTheEndOfTheWayAndStopsFromItsBeginning() throws Exception {
        Relay relay = relay(FILE);
        relay.start();
        relay.close();
        relay.close();
        assertThat(relay.stopReport().isClean()).isTrue();
        assertThat(diary.entries())
                .startsWith(
                        "start monitoring", "start channel c1", "start sink k1", "start source r1", "start source r2")
                .endsWith("close sink k1", "close channel c1", "close monitoring");
        assertThat(diary.entries().subList(5, 7))
                .as("side by side")
                .containsExactlyInAnyOrder("close source r1", "close source r2");
        assertThat(diary.entries()).hasSize(10);
    }

    @Test
    void sourcesAreClosedSideBySide() throws Exception {
        Relay relay = relay(ChangingAgent.withSource(FILE, "r3"));
        relay.start();
        CyclicBarrier inTheirClose = new CyclicBarrier(3);
        for (String source : List.of("r1", "r2", "r3")) {
            diary.onceNoted("close source " + source, () -> {
                try {
                    inTheirClose.await(30, TimeUnit.SECONDS);
                    diary.note("met " + source);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        relay.close();
        assertThat(diary.entries()).contains("met r1", "met r2", "met r3");
        assertThat(diary.entries()).endsWith("close sink k1", "close channel c1", "close monitoring");
    }

    @Test
    void whatTheSourcesTookInIsDeliveredBeforeTheSinksStop() throws Exception {
        Assembly assembly = assembly(FILE);
        Relay relay = new Relay(assembly, new Monitor(), Duration.ofSeconds(60));
        relay.start();
        FakeSource source = (FakeSource) assembly.sources().get(0).source();
        for (int i = 0; i < 40; i++) {
            source.inlet().put(Batches.numbered(i * 100, 100));
        }
        relay.close();
        assertThat(diary.entries().stream()
                        .filter(entry -> entry.startsWith("sink k1 took "))
                        .mapToInt(entry -> Integer.parseInt(entry.substring("sink k1 took ".length())))
                        .sum())
                .isEqualTo(4000);
        assertThat(diary.entries()).endsWith("close sink k1", "close channel c1", "close monitoring");
    }

    @Test
    void aStopThatLosesWhatIsInMemorySaysHowMuchOfWhichChannel() throws Exception {
        Assembly assembly = assembly(FILE);
        Relay relay = new Relay(assembly, new Monitor(), Duration.ZERO);
        relay.start();
        diary.block("k1");
        ((FakeSource) assembly.sources().get(0).source()).inlet().put(Batches.numbered(0, 12));
        relay.close();
        assertThat(relay.stopReport().flaws()).isEqualTo("channel c1 loses the 12 events in its memory");
    }

    @Test
    void whatAPlugInsChannelLosesThatOnlyShowsItsSizeIsToldToo() throws Exception {
        Assembly made = assembly(FILE);
        ChannelPart part = made.channels().get(0);
        ChannelPart silent = new ChannelPart("c1", "silent", new FakeChannel("c1"), part.metrics(), part.values());
        part.metrics().fill(() -> 12L, 100);
        Relay relay = new Relay(
                new Assembly("a", List.of(silent), List.of(), List.of(), List.of()), new Monitor(), Duration.ZERO);
        relay.start();
        relay.close();
        assertThat(relay.stopReport().flaws()).isEqualTo("channel c1 loses the 12 events in its memory");
    }

    @Test
    void sinksAndChannelsThatBreakAsTheyAreClosedAreTold() throws Exception {
        Relay relay = relay(FILE);
        relay.start();
        for (String part : List.of("sink k1", "channel c1", "monitoring")) {
            diary.onceNoted("close " + part, () -> {
                throw new AssertionError("cannot be");
            });
        }
        relay.close();
        assertThat(relay.stopReport().flaws())
                .isEqualTo("sink k1 did not close cleanly; channel c1 did not close cleanly;"
                        + " monitoring did not close cleanly");
    }

    @Test
    void nobodyWaitsForADurableChannelToBeEmpty() throws Exception {
        Assembly made = assembly(FILE.replace("c1.type = memory", "c1.type = kept"));
        SinkPart part = made.sinks().get(0);
        SinkPart failing = new SinkPart(
                "k1",
                "fails",
                new FailingSink(),
                part.channel(),
                part.reader(),
                List.of(),
                part.metrics(),
                part.values());
        Assembly assembly = new Assembly("a", made.channels(), List.of(failing), List.of(), made.sources());
        Relay relay = new Relay(assembly, new Monitor(), Duration.ofDays(1));
        relay.start();
        ((FakeSource) assembly.sources().get(0).source()).inlet().put(Batches.numbered(0, 10));
        relay.close(); // which would take a day

        assertThat(relay.stopReport().isClean()).isTrue();
        assertThat(diary.entries()).endsWith("close channel c1", "close monitoring");
    }

    @Test
    void nobodyWaitsForWhatAChannelThatSpillsHasOnDisk() throws Exception {
        Path own = directory.resolve("c1");
        Assembly assembly = assembly(FILE.replace("c1.type = memory\na.channels.c1.capacity = 10000\n", """
                c1.type = SPILLABLEMEMORY
                a.channels.c1.memoryCapacity = 0
                a.channels.c1.overflowCapacity = 10000
                a.channels.c1.checkpointDir = CHECKPOINT
                a.channels.c1.dataDirs = DATA
                """.replace(
                        "CHECKPOINT", own.resolve("checkpoint").toString())
                .replace("DATA", own.resolve("data").toString())));
        Relay relay = new Relay(assembly, new Monitor(), Duration.ofDays(1));
        relay.start();
        diary.block("k1");
        ((FakeSource) assembly.sources().get(0).source()).inlet().put(Batches.numbered(0, 10));
        relay.close(); // which would take a day

        assertThat(relay.stopReport().isClean()).isTrue();
        assertThat(diary.entries()).endsWith("close sink k1", "close channel c1", "close monitoring");
    }

    @Test
    void aGroupStartsItsSinksAndTheyShareItsEvents() throws Exception {
        String file = FILE.replace("a.sinks = k1", "a.sinks = k0 k1 k2")
                + FILE.lines()
                        .filter(line -> line.startsWith("a.sinks.k1."))
                        .map(line -> line.replace("k1", "k0") + "\n" + line.replace("k1", "k2") + "\n")
                        .reduce("", String::concat)
                + "a.sinkgroups = g\na.sinkgroups.g.sinks = k2 k1\na.sinkgroups.g.processor.type = load_balance\n";
        Assembly assembly = assembly(file);
        Relay relay = new Relay(assembly, new Monitor(), Duration.ofSeconds(60));
        relay.start();
        for (int i = 0; i < 40; i++) {
            ((FakeSource) assembly.sources().get(0).source()).inlet().put(Batches.numbered(i * 100, 100));
        }
        relay.close();

        assertThat(diary.entries()).containsSubsequence("start sink k0", "start sink k2", "start sink k1");
        assertThat(diary.entries())
                .filteredOn(entry -> entry.startsWith("sink k") && entry.contains(" took "))
                .hasSize(40);
        for (String sink : List.of("k0", "k1", "k2")) { // side by side
            assertThat(diary.entries()).containsSubsequence("close sink " + sink, "close channel c1");
        }
        assertThat(assembly.groups().get(0).runs().get(0).metrics().registry().getGauges())
                .containsKey("sinkgroup.g.running");
        assertThat(assembly.groups().get(0).sinks().get(1).metrics().registry().getGauges())
                .containsKeys("sink.k1.running", "sink.k1.failuresInARow");
    }

    @Test
    void aFailedStartClosesWhatWasStartedAndSaysWhy() throws Exception {
        Relay relay = relay(FILE + "a.sources.r2.failure = port 4141 is taken\n");
        assertThatThrownBy(relay::start).isInstanceOf(StartException.class).hasMessage("port 4141 is taken");
        assertThat(diary.entries())
                .contains(
                        "start source r1", "close source r1", "close sink k1", "close channel c1", "close monitoring");
    }

    @Test
    void aPartWhoseStartBreaksWithAnErrorIsAFailedStartToo() throws Exception {
        diary.breakDown("r2", () -> new AssertionError("cannot be"));
        Relay relay = relay(FILE);
        assertThatThrownBy(relay::start).isInstanceOf(StartException.class).hasMessageContaining("source r2");
        assertThat(diary.entries())
                .contains("start source r1", "close source r2", "close source r1", "close sink k1", "close channel c1");
    }

    @Test
    void aSourceThatBreaksAsItIsClosedKeepsNobodyFromBeingEmptiedAndClosed() throws Exception {
        Assembly assembly = assembly(FILE);
        Relay relay = new Relay(assembly, new Monitor(), Duration.ofSeconds(60));
        relay.start();
        diary.block("k1");
        ((FakeSource) assembly.sources().get(1).source()).inlet().put(Batches.numbered(0, 100));
        diary.onceNoted("close source r1", () -> {
            diary.unblock("k1");
            throw new AssertionError("cannot be");
        });
        relay.close();
        assertThat(diary.entries())
                .containsSubsequence("sink k1 took 100", "close sink k1", "close channel c1", "close monitoring")
                .contains("close source r2");
        assertThat(relay.stopReport().flaws()).isEqualTo("source r1 did not close cleanly");
    }

    @Test
    void whereThereIsNoThreadToCloseThemAllPartsAreClosedAllTheSame() throws Exception {
        Relay relay = relay(FILE);
        relay.start();
        try (NoThreads shortage = new NoThreads()) {
            relay.close();
        }
        assertThat(diary.entries())
                .contains("close source r1", "close source r2")
                .endsWith("close sink k1", "close channel c1", "close monitoring");
    }

    @Test
    void anAgentThatWasStoppedBeforeItsStartDoesNotStart() throws Exception {
        Relay relay = relay(FILE);
        relay.close();
        assertThatThrownBy(relay::start).isInstanceOf(StartException.class);
        assertThat(diary.entries()).doesNotContain("start monitoring", "start channel c1", "start source r1");
    }

    @Test
    void nothingIsTakenInIfTheMonitoringDoesNotStart() throws Exception {
        diary.onceNoted("start monitoring", () -> {
            throw new IllegalStateException("port 41414 is taken");
        });
        Relay relay = relay(FILE);
        assertThatThrownBy(relay::start).hasStackTraceContaining("port 41414 is taken");
        assertThat(diary.entries()).doesNotContain("start source r1", "start channel c1");
    }

    @Test
    void aSinkThatDoesNotStartKeepsTheSourcesClosed() throws Exception {
        Relay relay = relay(FILE + "a.sinks.k1.failure = no name node\n");
        assertThatThrownBy(relay::start).hasMessage("no name node");
        assertThat(diary.entries()).doesNotContain("start source r1").contains("close channel c1");
    }

    private Relay relay(String file) throws IOException {
        return new Relay(assembly(file), new Monitor(), Duration.ofSeconds(60));
    }

    private Assembly assembly(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        Configuration configuration = Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), false),
                new Environment(Map.of(), new Properties()),
                FakeParts.catalogWithKept(diary),
                Relay.routing(),
                InstantSource.system());
        assertThat(configuration.findings().mistakes()).isEmpty();
        return configuration.assembly();
    }

    private static final class FailingSink implements Sink {
        @Override
        public void start() {}

        @Override
        public Drain drain() throws DeliveryException {
            throw new DeliveryException("nobody answers");
        }

        @Override
        public void close() {}
    }

    private final class Monitor implements Display {
        @Override
        public void start() {
            diary.note("start monitoring");
        }

        @Override
        public void close() {
            diary.note("close monitoring");
        }

        @Override
        public void show(ComponentMetrics component) {}

        @Override
        public void show(SinkGroupMetrics group) {}

        @Override
        public void hide(ComponentMetrics component) {}

        @Override
        public void hide(SinkGroupMetrics group) {}
    }
}
