package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;
import org.millrace.relay.fakes.FakeSource;
import org.millrace.relay.route.EventRouter;

class ConfigurationTest {
    /** Line numbers count: the mistakes below name them. */
    private static final String AGENT = """
            agent.sources = r1
            agent.channels = c1
            agent.sinks = k1
            agent.sources.r1.type = spooldir
            agent.sources.r1.spoolDir = /var/log/in
            agent.sources.r1.channels = c1
            agent.sources.r1.interceptors = i1
            agent.sources.r1.interceptors.i1.type = timestamp
            agent.channels.c1.type = memory
            agent.channels.c1.capacity = 10000
            agent.channels.c1.transactionCapacity = 1000
            agent.sinks.k1.type = avro
            agent.sinks.k1.channel = c1
            agent.sinks.k1.hostname = collector1
            agent.sinks.k1.port = 4141
            """;

    private static final String COLLECTOR = """
            collector.sources = r1
            collector.channels = ch1
            collector.sinks = k1
            collector.sources.r1.type = avro
            collector.sources.r1.bind = 0.0.0.0
            collector.sources.r1.port = 4141
            collector.sources.r1.channels = ch1
            collector.channels.ch1.type = memory
            collector.channels.ch1.capacity = 10000
            collector.channels.ch1.transactionCapacity = 1000
            collector.sinks.k1.type = hdfs
            collector.sinks.k1.channel = ch1
            collector.sinks.k1.hdfs.path = hdfs://nn:8020/logs/%Y-%m-%d/%H
            collector.sinks.k1.hdfs.fileType = DataStream
            collector.sinks.k1.hdfs.filePrefix = access_log
            collector.sinks.k1.hdfs.fileSuffix = .log
            collector.sinks.k1.hdfs.threadsPoolSize = 10
            collector.sinks.k1.hdfs.rollInterval = 30
            collector.sinks.k1.hdfs.round = true
            """;

    @TempDir
    private Path directory;

    private final Diary diary = new Diary();
    private final Properties system = new Properties();
    private boolean lenient;

    @Test
    void theClassicPairIsFine() throws IOException {
        Assembly agent = assembled("agent", AGENT);
        assertThat(agent.sources()).singleElement().hasToString("r1 (spooldir) -> c1");
        assertThat(agent.channels()).singleElement().hasToString("c1 (memory)");
        assertThat(agent.sinks()).singleElement().hasToString("c1 -> k1 (avro)");
        Assembly collector = assembled("collector", COLLECTOR);
        assertThat(collector.sinks()).singleElement().hasToString("ch1 -> k1 (hdfs)");
        assertThat(diary.entries()).as("nothing was started").isEmpty();
    }

    @Test
    void severalAgentsMayStandInOneFile() throws IOException {
        assertThat(assembled("agent", AGENT + COLLECTOR).agent()).isEqualTo("agent");
        assertThat(assembled("collector", AGENT + COLLECTOR).agent()).isEqualTo("collector");
    }

    /** An edit of a good file, and the one mistake that it makes. */
    static Stream<Arguments> slips() {
        return Stream.of(
                // the lists
                slip(
                        "agent",
                        "agent.sinks.k1.channel = c1",
                        "agent.sinks.k1.channel = ch1",
                        "13: agent.sinks.k1.channel: ch1 (expected: one of the declared channels: c1; did you mean c1?)"),
                slip(
                        "agent",
                        "agent.sinks.k1.channel = c1",
                        "agent.sinks.k1.serializer = x",
                        "12: agent.sinks.k1.channel: missing (expected: one of the declared channels: c1)",
                        "13: agent.sinks.k1.serializer: unknown key (expected: one of batch-size, channel, config, failure, hostname, port, type)"),
                slip(
                        "agent",
                        "agent.sources.r1.channels = c1",
                        "agent.sources.r1.channel = c1",
                        "4: agent.sources.r1.channels: missing (expected: one of the declared channels: c1)",
                        "6: agent.sources.r1.channel: unknown key (did you mean agent.sources.r1.channels?)"),
                slip(
                        "agent",
                        "agent.sources.r1.channels = c1",
                        "agent.sources.r1.channels = c1 c2",
                        "6: agent.sources.r1.channels: c2 (expected: one of the declared channels: c1; did you mean c1?)"),
                slip(
                        "agent",
                        "agent.channels = c1",
                        "agent.channels = c1 c2",
                        "2: agent.channels.c2.type: missing (expected: a channel type: memory)",
                        "2: agent.channels.c2: no source and no sink uses this channel (expected: at least one)"),
                slip(
                        "agent",
                        "agent.channels = c1",
                        "agent.channels = c1,",
                        "2: agent.channels: c1, (expected: names separated by blanks, not commas)"),
                slip(
                        "agent",
                        "agent.sources = r1",
                        "agent.sources = r1 \\\n r2",
                        "1: agent.sources.r2.channels: missing (expected: one of the declared channels: c1)",
                        "1: agent.sources.r2.type: missing (expected: a source type: avro, spooldir)"),
                slip(
                        "agent",
                        "agent.sources = r1",
                        "agent.source = r1",
                        "1: agent.source: not a part of an agent (expected: one of sources, channels, sinks, sinkgroups, configfilters after agent; did you mean agent.sources?)",
                        "4: agent.sources.r1.type: source r1 is not in agent.sources (there is no such list)"),
                slip(
                        "agent",
                        "agent.sinks = k1",
                        "agent.sinks =",
                        "3: agent.sinks: empty (expected: at least one sink)",
                        "12: agent.sinks.k1.type: sink k1 is not in agent.sinks (there is no such list)"),
                slip(
                        "agent",
                        "agent.sinks = k1",
                        "agent.sinks = k2",
                        "3: agent.sinks.k2.channel: missing (expected: one of the declared channels: c1)",
                        "3: agent.sinks.k2.type: missing (expected: a sink type: avro, hdfs)",
                        "12: agent.sinks.k1.type: sink k1 is not in agent.sinks (expected: one of k2; did you mean k2?)"),
                slip(
                        "agent",
                        "agent.channels = c1\n",
                        "\n",
                        "1: agent.channels: missing (expected: the names of the agent's channels)",
                        "6: agent.sources.r1.channels: c1 (expected: a declared channel, but there is none)",
                        "9: agent.channels.c1.type: channel c1 is not in agent.channels (there is no such list)",
                        "13: agent.sinks.k1.channel: c1 (expected: a declared channel, but there is none)"),
                // types
                slip(
                        "agent",
                        "c1.type = memory",
                        "c1.type = memry",
                        "9: agent.channels.c1.type: memry (expected: a channel type: memory; did you mean memory?)"),
                slip(
                        "agent",
                        "c1.type = memory",
                        "c1.type = file",
                        "9: agent.channels.c1.type: file (not supported yet; expected: a channel type: memory)"),
                slip(
                        "agent",
                        "c1.type = memory",
                        "c1.type = org.apache.flume.channel.kafka.KafkaChannel",
                        "9: agent.channels.c1.type: org.apache.flume.channel.kafka.KafkaChannel (not supported yet; expected: a channel type: memory)"),
                slip(
                        "agent",
                        "r1.type = spooldir",
                        "r1.type = TAILDIR",
                        "4: agent.sources.r1.type: TAILDIR (not supported yet; expected: a source type: avro, spooldir)"),
                slip(
                        "agent",
                        "k1.type = avro",
                        "k1.type = hive",
                        "12: agent.sinks.k1.type: hive (Flume's, and not a part of Millrace: see docs/reference.md; expected: a sink type: avro, hdfs)"),
                slip(
                        "agent",
                        "k1.type = avro",
                        "k1.type = com.example.MySink",
                        "12: agent.sinks.k1.type: com.example.MySink (expected: a sink type: avro, hdfs; no plug-in has such a class: one of your own comes in a jar in plugins.d)"),
                slip(
                        "agent",
                        "i1.type = timestamp",
                        "i1.type = regex_filter",
                        "8: agent.sources.r1.interceptors.i1.type: regex_filter (not supported yet; expected: an interceptor type: host, static, timestamp)"),
                slip(
                        "agent",
                        "i1.type = timestamp",
                        "i1.headerName = t",
                        "8: agent.sources.r1.interceptors.i1.type: missing (expected: an interceptor type: host, static, timestamp)"),
                slip(
                        "agent",
                        "interceptors = i1",
                        "interceptors = i2",
                        "7: agent.sources.r1.interceptors.i2.type: missing (expected: an interceptor type: host, static, timestamp)",
                        "8: agent.sources.r1.interceptors.i1.type: interceptor i1 is not in agent.sources.r1.interceptors (expected: one of i2; did you mean i2?)"),
                slip(
                        "agent",
                        "agent.sources.r1.interceptors = i1",
                        "agent.sources.r1.selector.type = multiplexing",
                        "7: agent.sources.r1.selector.type: multiplexing (not supported yet; expected: a selector type: replicating)",
                        "8: agent.sources.r1.interceptors.i1.type: interceptor i1 is not in agent.sources.r1.interceptors (there is no such list)"),
                // keys and values
                slip(
                        "agent",
                        "agent.sinks.k1.port = 4141",
                        "agent.sinks.k1.port = 41x41",
                        "15: agent.sinks.k1.port: 41x41 (expected: a whole number, 1 to 65535)"),
                slip(
                        "agent",
                        "agent.sinks.k1.port = 4141",
                        "agent.sinks.k1.port =",
                        "15: agent.sinks.k1.port: missing (expected: a whole number, 1 to 65535)"),
                slip(
                        "agent",
                        "agent.sinks.k1.hostname",
                        "agent.sinks.k1.hostnam",
                        "12: agent.sinks.k1.hostname: missing (expected: a text)",
                        "14: agent.sinks.k1.hostnam: unknown key (did you mean agent.sinks.k1.hostname?)"),
                slip(
                        "agent",
                        "c1.transactionCapacity = 1000",
                        "c1.transactionCapacity = -1",
                        "11: agent.channels.c1.transactionCapacity: -1 (expected: a whole number, at least 1)"),
                slip(
                        "agent",
                        "c1.capacity = 10000",
                        "c1.capcity = 10000",
                        "10: agent.channels.c1.capcity: unknown key (did you mean agent.channels.c1.capacity?)",
                        "11: agent.channels.c1.transactionCapacity: 1000 (expected: at most"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.sinks.k1.batchsize = 10",
                        "16: agent.sinks.k1.batchsize: unknown key (did you mean agent.sinks.k1.batch-size?)"),
                slip(
                        "agent",
                        "agent.sinks.k1.hostname = collector1",
                        "agent.sinks.k1.hostname = ${env:COLLECTR}",
                        "14: agent.sinks.k1.hostname: ${env:COLLECTR} (no such environment variable; did you mean COLLECTOR?)"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.sinks.k1.port = 4142",
                        "16: agent.sinks.k1.port: given twice, first in line 15 (expected: each key once; Flume takes the last, here line 16)"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nport",
                        "16: port: belongs to no agent (expected: agent.something, or a key that a value refers to)"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.sinks.k1 = avro",
                        "16: agent.sinks.k1: a component without a key (expected: agent.sinks.NAME.KEY)"),
                slip(
                        "collector",
                        "r1.port = 4141",
                        "r1.port = 4141\ncollector.sources.r1.ssl = true",
                        "7: collector.sources.r1.ssl: not supported yet"),
                slip(
                        "collector",
                        "hdfs.fileType = DataStream",
                        "hdfs.fileType = Datastream",
                        "14: collector.sinks.k1.hdfs.fileType: Datastream (expected: SequenceFile, DataStream or CompressedStream)"),
                slip(
                        "collector",
                        "hdfs.round = true",
                        "hdfs.round = yes",
                        "19: collector.sinks.k1.hdfs.round: yes (expected: true or false)"),
                slip(
                        "collector",
                        "hdfs.rollInterval = 30",
                        "hdfs.rollinterval = 30",
                        "18: collector.sinks.k1.hdfs.rollinterval: unknown key (did you mean collector.sinks.k1.hdfs.rollInterval?)"),
                // the mistakes that people make in the classic pair
                slip(
                        "collector",
                        "hdfs.round = true",
                        "hdfs.round = true\ncollector.sinks.k1.writeFormat = Text",
                        "20: collector.sinks.k1.writeFormat: unknown key (did you mean collector.sinks.k1.hdfs.writeFormat?)"),
                slip(
                        "collector",
                        "hdfs.round = true",
                        "hdfs.round = true\ncollector.sinks.k1.hdfs.serializer = TEXT",
                        "20: collector.sinks.k1.hdfs.serializer: unknown key (did you mean collector.sinks.k1.serializer?)"),
                slip(
                        "collector",
                        "collector.sinks.k1.channel = ch1",
                        "collector.sinks.k1.channel = ch2",
                        "12: collector.sinks.k1.channel: ch2 (expected: one of the declared channels: ch1; did you mean ch1?)"),
                slip(
                        "collector",
                        "collector.sinks.k1.hdfs.round",
                        "agent.sinks.k1.hdfs.round",
                        "19: agent.sinks.k1.hdfs.round: there is no agent agent in the files (expected: one of collector; did you mean collector.sinks.k1.hdfs.round?)"),
                slip(
                        "collector",
                        "collector.sinks.k1.hdfs.round",
                        "colector.sinks.k1.hdfs.round",
                        "19: colector.sinks.k1.hdfs.round: there is no agent colector in the files (expected: one of collector; did you mean collector.sinks.k1.hdfs.round?)"),
                slip(
                        "collector",
                        "ch1.transactionCapacity = 1000",
                        "ch1.transactionCapacity = 50",
                        "11: collector.sinks.k1.hdfs.batchSize: 100 by default (expected: at most 50, as channel ch1 holds no larger batch: collector.channels.ch1.transactionCapacity, FILE:10; lower the one or raise the other)",
                        "4: collector.sources.r1.batchSize: 100 by default (expected: at most 50, as channel ch1 holds no larger batch: collector.channels.ch1.transactionCapacity, FILE:10; lower the one or raise the other)"),
                slip(
                        "agent",
                        "agent.sinks.k1.port = 4141",
                        "agent.sinks.k1.port = 4141\nagent.sinks.k1.batch-size = 2000",
                        "16: agent.sinks.k1.batch-size: 2000 (expected: at most 1000, as channel c1 holds no larger batch: agent.channels.c1.transactionCapacity, FILE:11; lower the one or raise the other)"),
                // groups and filters
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.sinkgroups = g1\nagent.sinkgroups.g1.sinks = k1\nagent.sinkgroups.g1.processor.type = failover\nagent.sinkgroups.g1.processor.priority.k1 = fast",
                        "19: agent.sinkgroups.g1.processor.priority.k1: fast (expected: a whole number)"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.sinkgroups = g1\nagent.sinkgroups.g1.sinks = k1 k2\nagent.sinkgroups.g1.processor.type = default\nagent.sinkgroups.g1.processor.selector = random",
                        "17: agent.sinkgroups.g1.sinks: k2 (expected: one of the declared sinks: k1; did you mean k1?)",
                        "19: agent.sinkgroups.g1.processor.selector: unknown key"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.sinkgroups = g1\nagent.sinkgroups.g1.sinks = k1",
                        "17: agent.sinkgroups.g1.processor.type: missing (expected: a sink processor type: default, failover, load_balance)"),
                slip(
                        "agent",
                        "k1.port = 4141",
                        "k1.port = 4141\nagent.configfilters = f1\nagent.configfilters.f1.type = env",
                        "17: agent.configfilters.f1.type: env (not supported yet; expected: a config filter type, but none is installed)"));
    }

    @ParameterizedTest(name = "{index}: {3}")
    @MethodSource("slips")
    void aSlipIsNamedWithItsLineAndTheFix(String agent, String right, String wrong, List<String> mistakes)
            throws IOException {
        String file = agent.equals("agent") ? AGENT : COLLECTOR;
        assertThat(file).contains(right);
        Configuration configuration =
                read(agent, file.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong)));

        assertThat(configuration.assembly()).isNull();
        List<String> found = found(configuration);
        assertThat(found).as("%s", found).hasSameSizeAs(mistakes);
        for (String mistake : mistakes) {
            assertThat(found).anyMatch(line -> line.startsWith("FILE:" + mistake));
        }
    }

    @Test
    void allMistakesAreReportedAtOnceInTheOrderOfTheFile() throws IOException {
        String file = COLLECTOR
                .replace("k1.channel = ch1", "k1.channel = ch2")
                .replace("hdfs.rollInterval = 30", "hdfs.rollInterval = soon")
                .replace("sinks.k1.hdfs.fileType", "sinks.k1.fileType")
                .replace("collector.sources.r1.bind", "agent.sources.r1.bind")
                .replace("ch1.type = memory", "ch1.type = memroy");
        assertThat(found(read("collector", file)))
                .extracting(line -> line.replaceFirst(": .*", ""))
                .containsExactly("FILE:4", "FILE:5", "FILE:8", "FILE:12", "FILE:14", "FILE:18");
    }

    @Test
    void anAgentThatIsNotInTheFileIsToldWhichAre() throws IOException {
        assertThat(found(read("colector", AGENT + COLLECTOR)))
                .containsExactly(
                        "FILE: no agent colector in this file (agents there: agent, collector; did you mean collector?)");
    }

    @Test
    void aLineOfOurComponentUnderAnotherAgentsNameIsAMistakeEvenIfThatAgentIsThere() throws IOException {
        String file = COLLECTOR + AGENT + "agent.channels.ch1.keep-alive = 5\n";
        assertThat(found(read("collector", file)))
                .containsExactly(
                        "FILE:35: agent.channels.ch1.keep-alive: agent agent has no channel ch1, but collector has"
                                + " (did you mean collector.channels.ch1.keep-alive?)");
    }

    @Test
    void linesThatOthersReferToNeedNoAgent() throws IOException {
        String file = AGENT.replace("= collector1", "= ${host}.${site.domain}") + "host = c1\nsite.domain = example\n";
        assertThat(assembled("agent", file)).isNotNull();
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("nowhere.properties");
        Configuration configuration = read("agent", List.of(file));
        assertThat(configuration.findings().mistakes())
                .singleElement()
                .asString()
                .isEqualTo(file + ": no such file");
    }

    @Test
    void ofSeveralFilesTheLaterOneWinsAndEachKeepsItsLines() throws IOException {
        Path second = directory.resolve("second.properties");
        Files.writeString(second, "agent.sinks.k1.port = 99999\n");
        Configuration configuration = read("agent", List.of(written(AGENT), second));
        assertThat(configuration.findings().mistakes())
                .singleElement()
                .asString()
                .startsWith(second + ":1: agent.sinks.k1.port: 99999");
    }

    @Test
    void secretsAreNeverPrinted() throws IOException {
        String file = COLLECTOR + "collector.sources.r1.pin-password = hunter2\n"
                + "collector.sources.r1.keystore-password = opensesame\n"
                + "collector.sources.r1.keystore-password = opensesame2\n";
        assertThat(found(read("collector", file)))
                .hasSize(2)
                .noneMatch(line -> line.contains("hunter2") || line.contains("opensesame"))
                .anyMatch(line -> line.contains("pin-password: ****** (expected: a whole number"));
    }

    @Test
    void aTextMayBeEmptyWithANote() throws IOException {
        Configuration configuration = read("agent", AGENT + "agent.sources.r1.fileSuffix =\n");
        assertThat(configuration.assembly()).isNotNull();
        assertThat(configuration.findings().notes())
                .singleElement()
                .asString()
                .endsWith(
                        ":16: agent.sources.r1.fileSuffix: is empty, and counts as that (Flume would take the default)");
    }

    @Test
    void aChannelThatNobodyDrainsIsWorthANote() throws IOException {
        String file = AGENT.lines()
                .filter(line -> !line.startsWith("agent.sinks"))
                .reduce("", (all, line) -> all + line + "\n");
        Configuration configuration = read("agent", file);
        assertThat(configuration.assembly()).isNotNull();
        assertThat(configuration.findings().notes()).singleElement().asString().contains("it will fill up");
    }

    @ParameterizedTest
    @MethodSource("charsets")
    void lettersComeThroughInEitherEncoding(Charset charset) throws IOException {
        Path file = directory.resolve("agent.properties");
        Files.writeString(file, AGENT + "agent.sources.r1.failure = \u00e4\u00f6\u00fc\n", charset);
        Assembly assembly = read("agent", List.of(file)).assembly();
        assertThat(((FakeSource) assembly.sources().get(0).source()).failure()).isEqualTo("\u00e4\u00f6\u00fc");
    }

    static Stream<Charset> charsets() {
        return Stream.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1);
    }

    @Test
    void listsKeepTheFilesOrder() throws IOException {
        String file = COLLECTOR.replace("sinks = k1", "sinks = k9 k1 k5 k3")
                + Stream.of("k9", "k5", "k3")
                        .map(name -> "collector.sinks." + name + ".type = avro\ncollector.sinks." + name
                                + ".hostname = h\ncollector.sinks." + name + ".port = 1\ncollector.sinks." + name
                                + ".channel = ch1\n")
                        .reduce("", String::concat);
        assertThat(assembled("collector", file).sinks())
                .extracting(Assembly.SinkPart::name)
                .containsExactly("k9", "k1", "k5", "k3");
    }

    @Test
    void flumesClassNamesWorkInAnyCase() throws IOException {
        String file = AGENT.replace("= spooldir", "= org.apache.flume.source.SpoolDirectorySource")
                .replace("= memory", "= MEMORY")
                .replace("= avro", "= org.apache.flume.sink.avrosink");
        assertThat(assembled("agent", file).sources()).singleElement().hasToString("r1 (spooldir) -> c1");
    }

    @Test
    void lenientlyABadComponentIsLeftOutAndTheRestRuns() throws IOException {
        lenient = true;
        String file = COLLECTOR
                        .replace("sinks = k1", "sinks = k1 k2")
                        .replace("channels = ch1\ncollector.sinks =", "channels = ch1 ch2\ncollector.sinks =")
                + "collector.sinks.k2.type = avro\ncollector.sinks.k2.channel = ch2\ncollector.sinks.k1.writeFormat = Text\n";
        Configuration configuration = read("collector", file);
        Assembly assembly = configuration.assembly();
        assertThat(assembly.sinks()).singleElement().hasToString("ch1 -> k1 (hdfs)");
        assertThat(assembly.channels()).singleElement().hasToString("ch1 (memory)");
        assertThat(assembly.sources()).singleElement().hasToString("r1 (avro) -> ch1");
        assertThat(found(configuration)).hasSize(4);
    }

    @Test
    void lenientlyASourceGoesOnWithTheChannelsThatAreThere() throws IOException {
        lenient = true;
        Configuration configuration = read("agent", AGENT.replace("r1.channels = c1", "r1.channels = c0 c1"));
        assertThat(configuration.assembly().sources()).singleElement().hasToString("r1 (spooldir) -> c1");
        assertThat(found(configuration)).singleElement().asString().contains("c0 (expected");
    }

    @Test
    void lenientlyWhatHangsOnABadChannelIsLeftOutToo() throws IOException {
        lenient = true;
        Configuration configuration = read("agent", AGENT.replace("c1.capacity = 10000", "c1.capacity = many"));
        assertThat(configuration.assembly()).isNull();
        assertThat(configuration.findings().dropped())
                .extracting(Finding::key)
                .containsExactlyInAnyOrder(
                        "agent", "agent.channels.c1", "agent.sinks.k1.channel", "agent.sources.r1.channels");
    }

    @Test
    void lenientlyEmptyValuesAreAsIfTheyWereNotThere() throws IOException {
        lenient = true;
        Configuration configuration = read("agent", AGENT + "agent.sources.r1.fileHeader =\n");
        assertThat(configuration.assembly()).isNotNull();
        assertThat(found(configuration)).isEmpty();
    }

    private static Arguments slip(String agent, String right, String wrong, String... mistakes) {
        return Arguments.of(agent, right, wrong, Arrays.asList(mistakes));
    }

    private Assembly assembled(String agent, String text) throws IOException {
        Configuration configuration = read(agent, text);
        assertThat(found(configuration)).isEmpty();
        assertThat(configuration.assembly()).isNotNull();
        return configuration.assembly();
    }

    @Test
    void anotherAgentsVariablesNeedNotBeSetHere() throws IOException {
        String text = """
                shared = 4141
                a.sources = r
                a.channels = c
                a.sources.r.type = listen
                a.sources.r.channels = c
                a.channels.c.type = memory
                b.sources = r
                b.channels = c
                b.sources.r.type = ${env:NOT_SET_ON_THIS_HOST}
                b.sources.r.port = ${shared}
                b.sources.r.channels = c
                b.channels.c.type = memory
                """;
        assertThat(String.join("\n", found(read("a", text))))
                .doesNotContain("NOT_SET_ON_THIS_HOST")
                .doesNotContain("shared");
        assertThat(String.join("\n", found(read("b", text)))).contains("${env:NOT_SET_ON_THIS_HOST}");
    }

    private Configuration read(String agent, String text) throws IOException {
        return read(agent, List.of(written(text)));
    }

    private Path written(String text) throws IOException {
        return Files.writeString(directory.resolve("test.properties"), text);
    }

    private Configuration read(String agent, List<Path> files) {
        Routing routing = (interceptors, selector, channels, metrics) -> {
            EventRouter router = new EventRouter(interceptors, selector, channels, metrics);
            return new Routing.Route(router, router::close);
        };
        return Configuration.read(
                Configuration.Request.ofFiles(agent, files, lenient),
                new Environment(Map.of("COLLECTOR", "c"), system),
                FakeParts.catalog(diary),
                routing,
                InstantSource.system());
    }

    private List<String> found(Configuration configuration) {
        String file = directory.resolve("test.properties").toString();
        return configuration.findings().mistakes().stream()
                .map(mistake -> mistake.toString().replace(file, "FILE"))
                .toList();
    }
}
