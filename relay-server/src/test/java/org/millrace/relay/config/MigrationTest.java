package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.relay.config.Difference.Standing;
import org.millrace.relay.config.Migration.Outcome;
import org.millrace.relay.config.Migration.Remark;

class MigrationTest {
    private static final String GOOD = """
            a.sources = r1
            a.channels = c1
            a.sinks = k1 k2
            a.sinkgroups = g
            a.sources.r1.type = org.apache.flume.source.AvroSource
            a.sources.r1.bind = 0.0.0.0
            a.sources.r1.port = 4141
            a.sources.r1.threads = 8
            a.sources.r1.channels = c1
            a.sources.r1.interceptors = i
            a.sources.r1.interceptors.i.type = timestamp
            a.channels.c1.type = memory
            a.channels.c1.transactionCapacity = 100
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c1
            a.sinks.k1.hostname = h1
            a.sinks.k1.port = 1
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c1
            a.sinks.k2.hostname = h2
            a.sinks.k2.port = 1
            a.sinkgroups.g.sinks = k1 k2
            a.sinkgroups.g.processor.type = failover
            a.sinkgroups.g.processor.priority.k1 = 10
            a.sinkgroups.g.processor.priority.k2 = 5
            """;

    @TempDir
    private Path directory;

    @Test
    void aFileWithoutMistakesCanBeStartedAndIsComparedLineByLine() throws IOException {
        Outcome outcome = outcome(GOOD, null);
        assertThat(outcome.agents()).containsExactly("a");
        assertThat(Migration.count(outcome, Standing.CHANGE)).isZero();
        assertThat(texts(outcome, Standing.ADVICE))
                .contains("12 a.channels.c1 holds 100 events, and the transactionCapacity is 100");
        assertThat(texts(outcome, Standing.DIFFERS))
                .contains("8 a.sources.r1.threads starts 10 + 16 threads whatever the key says");
        assertThat(texts(outcome, Standing.BETTER))
                .anySatisfy(text -> assertThat(text).startsWith("22 a.sinkgroups.g does not go on to the next sink"))
                .anySatisfy(text -> assertThat(text).startsWith("14 a.sinks.k1 sleeps 5 s"));
    }

    @Test
    void anHttpSinkWhoseKeysAreFlumesFitsAChannelWithSmallTransactions() throws IOException {
        String file = """
                a.sources = r1
                a.channels = c1
                a.sinks = k1
                a.sources.r1.type = netcat
                a.sources.r1.bind = 0.0.0.0
                a.sources.r1.port = 4141
                a.sources.r1.channels = c1
                a.channels.c1.type = memory
                a.channels.c1.transactionCapacity = 10
                a.sinks.k1.type = http
                a.sinks.k1.channel = c1
                a.sinks.k1.endpoint = http://h1/
                """;
        assertThat(texts(outcome(file, null), Standing.CHANGE)).isEmpty();
        assertThat(texts(outcome(file + "a.sinks.k1.maxInFlight = 11\n", null), Standing.CHANGE))
                .singleElement()
                .asString()
                .contains("a.sinks.k1.maxInFlight");
    }

    @Test
    void allAgentsAreLookedAtUnlessOneIsNamed() throws IOException {
        String two = GOOD + GOOD.replace("a.", "b.").replace("port = 1", "port = none");
        Outcome all = outcome(two, null);
        assertThat(all.agents()).containsExactly("a", "b");
        assertThat(texts(all, Standing.CHANGE))
                .hasSize(2)
                .allSatisfy(text -> assertThat(text).contains("b.sinks.k"));
        assertThat(Migration.count(outcome(two, "a"), Standing.CHANGE)).isZero();
    }

    @Test
    void whatCannotBeReadIsAProblemAndNoAgent() throws IOException {
        assertThat(outcome("x = y\n", null).problems())
                .singleElement()
                .asString()
                .contains("declare no agent");
        assertThat(outcome(GOOD, "b").problems()).containsExactly("no agent b in these files (agents there: a)");
        assertThat(Migration.of(
                                List.of(directory.resolve("nosuch")),
                                null,
                                environment(),
                                ComponentCatalog.ofClassPath())
                        .problems())
                .singleElement()
                .asString()
                .endsWith("nosuch: no such file");
    }

    /** An edit of the good file, and what Flume makes of the mistake. */
    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("k1.port = 1", "k1.prot = 1", "an unknown key", "a required key that is missing"),
                mistake("k1.port = 1", "k1.port = none", "a bad value"),
                mistake("k1.channel = c1", "k1.channel = c2", "a sink whose channel is not there"),
                mistake("r1.channels = c1", "r1.channels = c2", "a source whose channel is not there"),
                mistake("sinks = k1 k2\na.sinkgroups = g", "sinks = k1,k2\na.sinkgroups = g", "commas in a list"),
                mistake(
                        "a.sources.r1.port = 4141",
                        "a.sources.r1.port = 4141\na.sources.r1.port = 4142",
                        "a key given twice"),
                mistake("k2.type = avro", "k2.type = avvro", "an unknown type"),
                mistake("k2.type = avro", "k2.type = hbase2", "a type of Flume's that is not for a relay tier"),
                mistake("i.type = timestamp", "i.type = tymestamp", "an unknown interceptor"),
                mistake(
                        "interceptors = i\n",
                        "interceptors = j\na.sources.r1.interceptors.j.type = host\n",
                        "an interceptor that is configured but not listed"),
                mistake("priority.k2 = 5", "priority.k2 = 10", "the same priority twice"),
                mistake("priority.k2 = 5", "priority.k2 = last", "a priority that is no number"),
                mistake(
                        "processor.type = failover",
                        "processor.type = load_balance\na.sinkgroups.g.processor.selector = org.example.Mine",
                        "a selector of one's own"),
                mistake("i.type = timestamp", """
                        i.type = regex_extractor
                        a.sources.r1.interceptors.i.regex = (.)
                        a.sources.r1.interceptors.i.serializers = s
                        a.sources.r1.interceptors.i.serializers.s.name = n
                        a.sources.r1.interceptors.i.serializers.s.type = org.example.Mine""", "a part written for Flume, whose classes are not loaded"),
                mistake("a.sinkgroups = g", "a.sinkgroups = h", "a component that is configured but not listed"),
                mistake("processor.priority.k2 = 5", "processor.maxpenalty = x", "a mistake in a sink group"),
                mistake(
                        "a.channels = c1",
                        "a.channels = c1 c9\na.channels.c9.type = memory",
                        "a channel that nobody uses"),
                mistake("hostname = h1", "hostname = ${env:NO_SUCH_VARIABLE}", "a reference that leads nowhere"),
                mistake("a.sources.r1.bind", "a.sorces.r1.bind", "a key of no component"),
                mistake("a.sources.r1.bind", "z.sources.r1.bind", "a key of no agent, or of another"),
                mistake("a.channels.c1.type = memory\n", "", "a component without a type"),
                mistake(
                        "transactionCapacity = 100",
                        "transactionCapacity = 10",
                        "a batch that does not fit its channel"));
    }

    private static Arguments mistake(String before, String after, String... names) {
        return Arguments.of(before, after, List.of(names));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void flumesWayWithEachMistakeIsTold(String before, String after, List<String> names) throws IOException {
        assertThat(GOOD).contains(before);
        List<Remark> changes = outcome(GOOD.replace(before, after), null).remarks().stream()
                .filter(remark -> remark.standing() == Standing.CHANGE)
                .toList();
        assertThat(changes)
                .isNotEmpty()
                .allSatisfy(remark ->
                        assertThat(remark.difference()).as(remark.message()).isNotNull());
        assertThat(changes)
                .extracting(remark -> remark.difference().millrace())
                .as(changes.toString())
                .containsAll(names);
    }

    @Test
    void aMistakeIsExplainedByWhatTheTableHasAboutItsKey() throws IOException {
        String http = GOOD.replace("org.apache.flume.source.AvroSource", "http")
                .replace("a.sources.r1.threads = 8", "a.sources.r1.handler = org.example.MyHandler");
        assertThat(outcome(http, null).remarks())
                .filteredOn(remark -> remark.key().equals("a.sources.r1.handler"))
                .singleElement()
                .satisfies(remark -> {
                    assertThat(remark.message()).contains("written for Flume");
                    assertThat(remark.difference().millrace()).contains("classes are not loaded");
                });
    }

    @Test
    void aDefaultThatIsLeftOutMattersToo() throws IOException {
        String exec = GOOD.replace("org.apache.flume.source.AvroSource", "exec")
                .replaceAll("a.sources.r1.(bind|port|threads) = .*\n", "");
        String starts = "starts without a word if there is no such program, and does nothing";
        String command = "a.sources.r1.command = tail\n";
        assertThat(texts(outcome(exec + command, null), Standing.DIFFERS)).anyMatch(text -> text.contains(starts));
        assertThat(texts(outcome(exec + command + "a.sources.r1.restart = true\n", null), Standing.DIFFERS))
                .noneMatch(text -> text.contains(starts));
    }

    /** As the messages are, whatever is here by now. */
    @Test
    void whatIsNotHereYetIsTold() {
        assertThat(flumesWayWith("a.sinks.k.type", "x (not supported yet; expected: a sink type: avro)"))
                .isEqualTo("a type of Flume's that is not here yet");
        assertThat(flumesWayWith("a.sinks.k.ssl", "not supported yet"))
                .isEqualTo("a key of Flume's that does not work here yet");
        assertThat(flumesWayWith(
                        "a.sinks.k.type",
                        "x.Y (plug-in p: the class is written for Flume, whose classes Millrace"
                                + " does not load (expected: a factory that implements z"))
                .isEqualTo("a class written for Flume");
    }

    private static String flumesWayWith(String key, String message) {
        Finding finding = new Finding(Finding.Level.MISTAKE, null, key, message);
        return Differences.all().stream()
                .filter(difference -> difference.isOf(finding))
                .findFirst()
                .orElseThrow()
                .millrace();
    }

    @Test
    void theTableIsWellFormedAndNamesComponentsAndKeysThatThereAre() {
        List<ComponentReference> references = ComponentReferences.of(ComponentCatalog.ofClassPath());
        assertThat(Differences.all())
                .hasSizeGreaterThan(50)
                .doesNotHaveDuplicates()
                .allSatisfy(difference -> {
                    String text = difference.where() + ": " + difference.flume();
                    assertThat(difference.flume()).as(text).isNotEmpty().doesNotEndWith(".");
                    assertThat(difference.millrace()).as(text).isNotEmpty();
                    if (difference.standing() == Standing.MISTAKE) {
                        Pattern.compile(difference.where());
                    } else if (difference
                            .where()
                            .matches("(source|channel|sink|sink processor|selector|interceptor) [^*]+")) {
                        ComponentReference reference = references.stream()
                                .filter(each -> difference.where().equals(each.kind() + " " + each.type()))
                                .findFirst()
                                .orElse(null);
                        assertThat(reference).as(difference.where()).isNotNull();
                        List<String> keys = new ArrayList<>(difference.keys());
                        keys.remove("channels"); // of every source
                        keys.replaceAll(key -> key.replaceFirst("^rollback\\..*", "rollback.")); // of any status
                        assertThat(reference.keys())
                                .extracting(key -> key.key().replaceFirst("<.*>$", ""))
                                .as(text)
                                .containsAll(keys);
                    }
                });
    }

    private List<String> texts(Outcome outcome, Standing standing) {
        return outcome.remarks().stream()
                .filter(remark -> remark.standing() == standing)
                .map(remark -> (remark.place() == null ? "" : remark.place().line()) + " " + remark.key() + " "
                        + (remark.message().isEmpty() && remark.difference() != null
                                ? remark.difference().flume()
                                : remark.message()))
                .toList();
    }

    private Outcome outcome(String text, @Nullable String agent) throws IOException {
        Path file = Files.writeString(directory.resolve("flume.properties"), text);
        return Migration.of(List.of(file), agent, environment(), ComponentCatalog.ofClassPath());
    }

    private static Environment environment() {
        return new Environment(Map.of(), new Properties());
    }
}
