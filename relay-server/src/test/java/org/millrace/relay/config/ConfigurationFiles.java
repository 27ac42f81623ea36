package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.millrace.relay.Relay;
import org.millrace.relay.fakes.Diary;
import org.millrace.relay.fakes.FakeParts;

/** Reads configurations of a test's, made of fake parts. In what it finds {@code FILE} stands for the file. */
final class ConfigurationFiles {
    /** Line numbers count: the mistakes below name them. */
    static final String AGENT = """
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

    static final String COLLECTOR = """
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

    private final Path directory;
    private final Diary diary = new Diary();
    private boolean lenient;

    ConfigurationFiles(Path directory) {
        this.directory = directory;
    }

    /** From now on. */
    ConfigurationFiles leniently() {
        lenient = true;
        return this;
    }

    /** Where it writes. */
    Path directory() {
        return directory;
    }

    /** What the parts have done. */
    Diary diary() {
        return diary;
    }

    Path written(String text) throws IOException {
        return Files.writeString(directory.resolve("test.properties"), text);
    }

    Configuration read(String agent, String text) throws IOException {
        return read(agent, List.of(written(text)));
    }

    Configuration read(String agent, List<Path> files) {
        return Configuration.read(
                Configuration.Request.ofFiles(agent, files, lenient),
                new Environment(Map.of("COLLECTOR", "c"), new Properties()),
                FakeParts.catalog(diary),
                Relay.routing(),
                InstantSource.system());
    }

    /** The parts of a file without a mistake. */
    Assembly assembled(String agent, String text) throws IOException {
        Configuration configuration = read(agent, text);
        assertThat(found(configuration)).isEmpty();
        assertThat(configuration.assembly()).isNotNull();
        return configuration.assembly();
    }

    /** The mistakes. */
    List<String> found(Configuration configuration) {
        String file = directory.resolve("test.properties").toString();
        return configuration.findings().mistakes().stream()
                .map(mistake -> mistake.toString().replace(file, "FILE"))
                .toList();
    }
}
