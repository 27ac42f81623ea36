package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.SinkProcessor;
import org.millrace.relay.Relay;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;
import org.millrace.relay.fakes.FakeSink;

class SinkGroupsTest {
    private static final String SINKS = """
            a.channels = c1 c2
            a.sources = r1
            a.sinks = k3 k1 k2
            a.sources.r1.type = spooldir
            a.sources.r1.spoolDir = in
            a.sources.r1.channels = c1 c2
            a.channels.c1.type = memory
            a.channels.c2.type = memory
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h
            a.sinks.k1.port = 1
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c1
            a.sinks.k2.hostname = h
            a.sinks.k2.port = 2
            a.sinks.k3.type = avro
            a.sinks.k3.channel = c1
            a.sinks.k3.hostname = h
            a.sinks.k3.port = 3
            """;

    private static final String FAILOVER = SINKS + """
            a.sinkgroups = g
            a.sinkgroups.g.sinks = k2 k1
            a.sinkgroups.g.processor.type = failover
            a.sinkgroups.g.processor.priority.k1 = 10
            a.sinkgroups.g.processor.priority.k2 = 5
            a.sinkgroups.g.processor.maxpenalty = 10000
            """;

    private static final String BALANCE = SINKS + """
            a.sinkgroups = g
            a.sinkgroups.g.sinks = k2 k3 k1
            a.sinkgroups.g.processor.type = LOAD_BALANCE
            a.sinkgroups.g.processor.selector = round_robin
            a.sinkgroups.g.processor.backoff = true
            a.sinkgroups.g.processor.selector.maxTimeOut = 10000
            """;

    @TempDir
    private Path directory;

    private boolean lenient;

    @Test
    void aFailoverGroupPrefersByPriorityAndOtherSinksRunByThemselves() throws IOException {
        Assembly assembly = assembled(FAILOVER);

        assertThat(assembly.groups()).singleElement().hasToString("c1 -> g (failover): k2, k1");
        assertThat(processors(assembly))
                .singleElement()
                .satisfies(processor -> assertThat(processor.members())
                        .extracting(SinkProcessor.Member::name)
                        .containsExactly("k1", "k2"));
        assertThat(assembly.sinks()).hasSize(3);
    }

    @Test
    void aLoadBalancingGroupKeepsTheOrderOfTheFile() throws IOException {
        Assembly assembly = assembled(BALANCE);

        assertThat(assembly.groups()).singleElement().hasToString("c1 -> g (load_balance): k2, k3, k1");
        assertThat(processors(assembly))
                .singleElement()
                .satisfies(processor -> assertThat(processor.members())
                        .extracting(SinkProcessor.Member::name)
                        .containsExactly("k2", "k3", "k1"));
    }

    @Test
    void eachThreadOfAGroupHasAName() throws IOException {
        Assembly assembly = assembled(BALANCE + "a.sinkgroups.g.processor.threads = 2\n");

        assertThat(assembly.groups()).singleElement().hasToString("c1 -> g (load_balance, 2 threads): k2, k3, k1");
        assertThat(assembly.groups().get(0).runs())
                .extracting(Assembly.GroupRun::name)
                .containsExactly("g/1", "g/2");
    }

    @Test
    void flumesClassNamesWork() throws IOException {
        assertThat(assembled(BALANCE.replace("LOAD_BALANCE", "org.apache.flume.sink.LoadBalancingSinkProcessor"))
                        .groups())
                .hasSize(1);
        assertThat(assembled(FAILOVER.replace("= failover", "= org.apache.flume.sink.FailoverSinkProcessor"))
                        .groups())
                .hasSize(1);
    }

    @Test
    void aGroupOfOneWithTheDefaultProcessorMeansNoGroup() throws IOException {
        String file = SINKS + "a.sinkgroups = g\na.sinkgroups.g.sinks = k1\na.sinkgroups.g.processor.type = default\n";
        Assembly assembly = assembled(file);

        assertThat(assembly.groups()).isEmpty();
        assertThat(assembly.sinks()).hasSize(3);
        assertThat(mistakes(file.replace("sinks = k1\n", "sinks = k1 k2\n")))
                .containsExactly("23: a.sinkgroups.g.processor.type: default (expected: failover or load_balance,"
                        + " as the group has 2 sinks)");
    }

    @Test
    void aSinkIsToldWhetherOthersTakeOverWhenItFails() throws IOException {
        assertThat(whoseEventsOthersTake(assembled(FAILOVER))).containsExactly("k1", "k2");
        assertThat(whoseEventsOthersTake(assembled(BALANCE))).containsExactly("k3", "k1", "k2");
        assertThat(whoseEventsOthersTake(assembled(SINKS))).isEmpty();
        assertThat(whoseEventsOthersTake(assembled(SINKS + """
                a.sinkgroups = g
                a.sinkgroups.g.sinks = k1
                a.sinkgroups.g.processor.type = default
                """))).isEmpty();
    }

    private static List<String> whoseEventsOthersTake(Assembly assembly) {
        return assembly.sinks().stream()
                .map(part -> (FakeSink) part.sink())
                .filter(FakeSink::othersTakeOver)
                .map(FakeSink::name)
                .toList();
    }

    @Test
    void aSinkBelongsToOneGroup() throws IOException {
        String file = FAILOVER.replace("sinkgroups = g\n", "sinkgroups = g h\n")
                + "a.sinkgroups.h.sinks = k3 k1 k4\na.sinkgroups.h.processor.type = load_balance\n";

        assertThat(mistakes(file))
                .containsExactly(
                        "27: a.sinkgroups.h.sinks: k1 is in the group g already (expected: one group for a sink)",
                        "27: a.sinkgroups.h.sinks: k4 (expected: one of the declared sinks: k3, k1, k2;"
                                + " did you mean k3?)",
                        "28: a.sinkgroups.h.processor.type: load_balance (expected: default, as the group has one sink)");
    }

    @Test
    void prioritiesAreNumbersAndEachAnother() throws IOException {
        assertThat(mistakes(FAILOVER.replace("priority.k2 = 5", "priority.k2 = 10")))
                .singleElement()
                .asString()
                .startsWith("24: a.sinkgroups.g.processor.priority.k1: 10, which k2 has already");
        assertThat(mistakes(FAILOVER.replace("priority.k2 = 5", "priority.k3 = 5")))
                .containsExactly("25: a.sinkgroups.g.processor.priority.k3: unknown key"
                        + " (did you mean a.sinkgroups.g.processor.priority.k1?)");
    }

    @Test
    void theSinksOfAGroupTakeFromOneChannel() throws IOException {
        assertThat(mistakes(FAILOVER.replace("k1.channel = c1", "k1.channel = c2")))
                .containsExactly("22: a.sinkgroups.g.sinks: k1 takes from channel c2 (expected: channel c1, as k2 does:"
                        + " one can take over from the other only within a channel)");
    }

    @Test
    void slipsAreNamed() throws IOException {
        assertThat(mistakes(FAILOVER.replace("= failover", "= failsafe")))
                .singleElement()
                .asString()
                .startsWith("23: a.sinkgroups.g.processor.type: failsafe (expected: a sink processor type: default,"
                        + " failover, load_balance");
        assertThat(mistakes(FAILOVER.replace("maxpenalty", "maxPenalty")))
                .containsExactly("26: a.sinkgroups.g.processor.maxPenalty: unknown key"
                        + " (did you mean a.sinkgroups.g.processor.maxpenalty?)");
        assertThat(mistakes(FAILOVER.replace("g.sinks = k2 k1", "g.sink = k2 k1")))
                .anyMatch(mistake -> mistake.startsWith("22: a.sinkgroups.g.sink: unknown key"))
                .anyMatch(mistake -> mistake.contains("a.sinkgroups.g.sinks: missing (expected: names of sinks)"));
        assertThat(mistakes(FAILOVER.replace("g.sinks = k2 k1", "g.sinks = k2,k1")))
                .containsExactly("22: a.sinkgroups.g.sinks: k2,k1 (expected: names separated by blanks, not commas)");
        assertThat(mistakes(BALANCE.replace("selector = round_robin", "selector = com.example.Mine")))
                .containsExactly("24: a.sinkgroups.g.processor.selector: com.example.Mine"
                        + " (expected: one of: round_robin, random)");
    }

    @Test
    void lenientlyAGroupGoesOnWithItsGoodSinks() throws IOException {
        lenient = true;
        Assembly assembly =
                read(FAILOVER.replace("k2.port = 2", "k2.port = two")).assembly();

        assertThat(assembly.groups()).singleElement().hasToString("c1 -> g (failover): k1");
        assertThat(assembly.sinks()).extracting(Assembly.SinkPart::name).containsExactly("k3", "k1");
    }

    @Test
    void lenientlyTheSinksOfABadGroupAreLeftOutWithIt() throws IOException {
        lenient = true;
        Configuration configuration = read(FAILOVER.replace("= failover", "= failsafe"));

        assertThat(configuration.assembly().groups()).isEmpty();
        assertThat(configuration.assembly().sinks())
                .extracting(Assembly.SinkPart::name)
                .containsExactly("k3");
        assertThat(configuration.findings().dropped())
                .anyMatch(dropped -> dropped.toString().endsWith("is left out, and so are its sinks: k2, k1"));
    }

    private static List<SinkProcessor> processors(Assembly assembly) {
        return assembly.groups().get(0).runs().stream()
                .map(Assembly.GroupRun::processor)
                .toList();
    }

    private Assembly assembled(String file) throws IOException {
        assertThat(mistakes(file)).isEmpty();
        return read(file).assembly();
    }

    /** Without the name of the file. */
    private List<String> mistakes(String file) throws IOException {
        return read(file).findings().mistakes().stream()
                .map(mistake -> mistake.toString().replace(directory.resolve("a.properties") + ":", ""))
                .toList();
    }

    private Configuration read(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("a.properties"), text);
        return Configuration.read(
                Configuration.Request.ofFiles("a", List.of(file), lenient),
                new Environment(Map.of(), new Properties()),
                FakeParts.catalog(new Diary()),
                Relay.routing(),
                InstantSource.system());
    }
}
