package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.config.ConfigurationFiles.AGENT;
import static org.millrace.relay.config.ConfigurationFiles.COLLECTOR;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.relay.fakes.FakeSource;

/** What stands in good files, and how they are read. */
class ConfigurationTest {
    private ConfigurationFiles files;

    @BeforeEach
    void begin(@TempDir Path directory) {
        files = new ConfigurationFiles(directory);
    }

    @Test
    void theClassicPairIsFine() throws IOException {
        Assembly agent = files.assembled("agent", AGENT);
        assertThat(agent.sources()).singleElement().hasToString("r1 (spooldir) -> c1");
        assertThat(agent.channels()).singleElement().hasToString("c1 (memory)");
        assertThat(agent.sinks()).singleElement().hasToString("c1 -> k1 (avro)");
        Assembly collector = files.assembled("collector", COLLECTOR);
        assertThat(collector.sinks()).singleElement().hasToString("ch1 -> k1 (hdfs)");
        assertThat(files.diary().entries()).as("nothing was started").isEmpty();
    }

    @Test
    void severalAgentsMayStandInOneFile() throws IOException {
        assertThat(files.assembled("agent", AGENT + COLLECTOR).agent()).isEqualTo("agent");
        assertThat(files.assembled("collector", AGENT + COLLECTOR).agent()).isEqualTo("collector");
    }

    @Test
    void listsKeepTheFilesOrder() throws IOException {
        String file = COLLECTOR.replace("sinks = k1", "sinks = k9 k1 k5 k3")
                + Stream.of("k9", "k5", "k3")
                        .map(name -> "collector.sinks." + name + ".type = avro\ncollector.sinks." + name
                                + ".hostname = h\ncollector.sinks." + name + ".port = 1\ncollector.sinks." + name
                                + ".channel = ch1\n")
                        .reduce("", String::concat);
        assertThat(files.assembled("collector", file).sinks())
                .extracting(Assembly.SinkPart::name)
                .containsExactly("k9", "k1", "k5", "k3");
    }

    @Test
    void flumesClassNamesWorkInAnyCase() throws IOException {
        String file = AGENT.replace("= spooldir", "= org.apache.flume.source.SpoolDirectorySource")
                .replace("= memory", "= MEMORY")
                .replace("= avro", "= org.apache.flume.sink.avrosink");
        assertThat(files.assembled("agent", file).sources()).singleElement().hasToString("r1 (spooldir) -> c1");
    }

    @Test
    void linesThatOthersReferToNeedNoAgent() throws IOException {
        String file = AGENT.replace("= collector1", "= ${host}.${site.domain}") + "host = c1\nsite.domain = example\n";
        assertThat(files.assembled("agent", file)).isNotNull();
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
        assertThat(String.join("\n", files.found(files.read("a", text))))
                .doesNotContain("NOT_SET_ON_THIS_HOST")
                .doesNotContain("shared");
        assertThat(String.join("\n", files.found(files.read("b", text)))).contains("${env:NOT_SET_ON_THIS_HOST}");
    }

    @Test
    void ofSeveralFilesTheLaterOneWinsAndEachKeepsItsLines() throws IOException {
        Path second = files.directory().resolve("second.properties");
        Files.writeString(second, "agent.sinks.k1.port = 99999\n");
        Configuration configuration = files.read("agent", List.of(files.written(AGENT), second));
        assertThat(configuration.findings().mistakes())
                .singleElement()
                .asString()
                .startsWith(second + ":1: agent.sinks.k1.port: 99999");
    }

    @ParameterizedTest
    @MethodSource("charsets")
    void lettersComeThroughInEitherEncoding(Charset charset) throws IOException {
        Path file = files.directory().resolve("agent.properties");
        Files.writeString(file, AGENT + "agent.sources.r1.failure = \u00e4\u00f6\u00fc\n", charset);
        Assembly assembly = files.read("agent", List.of(file)).assembly();
        assertThat(((FakeSource) assembly.sources().get(0).source()).failure()).isEqualTo("\u00e4\u00f6\u00fc");
    }

    static Stream<Charset> charsets() {
        return Stream.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1);
    }
}
