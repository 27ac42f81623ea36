package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.config.ConfigurationFiles.AGENT;
import static org.millrace.relay.config.ConfigurationFiles.COLLECTOR;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An edit of a good file, and what is said of the one mistake that it makes. */
class SlipsTest {
    private ConfigurationFiles files;

    @BeforeEach
    void begin(@TempDir Path directory) {
        files = new ConfigurationFiles(directory);
    }

    static Stream<Arguments> lists() {
        return Stream.of(
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
                        "13: agent.sinks.k1.channel: c1 (expected: a declared channel, but there is none)"));
    }

    @ParameterizedTest(name = "{index}: {3}")
    @MethodSource("lists")
    void aSlipInAListIsNamedWithItsLineAndTheFix(String agent, String right, String wrong, List<String> mistakes)
            throws IOException {
        assertSlipIsNamed(agent, right, wrong, mistakes);
    }

    static Stream<Arguments> types() {
        return Stream.of(
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
                        "8: agent.sources.r1.interceptors.i1.type: interceptor i1 is not in agent.sources.r1.interceptors (there is no such list)"));
    }

    @ParameterizedTest(name = "{index}: {3}")
    @MethodSource("types")
    void aSlipInATypeIsNamedWithItsLineAndTheFix(String agent, String right, String wrong, List<String> mistakes)
            throws IOException {
        assertSlipIsNamed(agent, right, wrong, mistakes);
    }

    static Stream<Arguments> keysAndValues() {
        return Stream.of(
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
                        "18: collector.sinks.k1.hdfs.rollinterval: unknown key (did you mean collector.sinks.k1.hdfs.rollInterval?)"));
    }

    @ParameterizedTest(name = "{index}: {3}")
    @MethodSource("keysAndValues")
    void aSlipInAKeyOrAValueIsNamedWithItsLineAndTheFix(String agent, String right, String wrong, List<String> mistakes)
            throws IOException {
        assertSlipIsNamed(agent, right, wrong, mistakes);
    }

    static Stream<Arguments> classicPair() {
        return Stream.of(
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
                        "16: agent.sinks.k1.batch-size: 2000 (expected: at most 1000, as channel c1 holds no larger batch: agent.channels.c1.transactionCapacity, FILE:11; lower the one or raise the other)"));
    }

    @ParameterizedTest(name = "{index}: {3}")
    @MethodSource("classicPair")
    void whatPeopleGetWrongInTheClassicPairIsNamedWithItsLineAndTheFix(
            String agent, String right, String wrong, List<String> mistakes) throws IOException {
        assertSlipIsNamed(agent, right, wrong, mistakes);
    }

    static Stream<Arguments> groupsAndFilters() {
        return Stream.of(
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
    @MethodSource("groupsAndFilters")
    void aSlipInAGroupOrAFilterIsNamedWithItsLineAndTheFix(
            String agent, String right, String wrong, List<String> mistakes) throws IOException {
        assertSlipIsNamed(agent, right, wrong, mistakes);
    }

    private void assertSlipIsNamed(String agent, String right, String wrong, List<String> mistakes) throws IOException {
        String file = agent.equals("agent") ? AGENT : COLLECTOR;
        assertThat(file).contains(right);
        Configuration configuration =
                files.read(agent, file.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong)));

        assertThat(configuration.assembly()).isNull();
        List<String> found = files.found(configuration);
        assertThat(found).as("%s", found).hasSameSizeAs(mistakes);
        for (String mistake : mistakes) {
            assertThat(found).anyMatch(line -> line.startsWith("FILE:" + mistake));
        }
    }

    private static Arguments slip(String agent, String right, String wrong, String... mistakes) {
        return Arguments.of(agent, right, wrong, Arrays.asList(mistakes));
    }
}
