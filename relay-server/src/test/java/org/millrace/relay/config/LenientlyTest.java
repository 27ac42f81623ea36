package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.config.ConfigurationFiles.AGENT;
import static org.millrace.relay.config.ConfigurationFiles.COLLECTOR;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a file with mistakes for {@code --lenient}. */
class LenientlyTest {
    private ConfigurationFiles files;

    @BeforeEach
    void begin(@TempDir Path directory) {
        files = new ConfigurationFiles(directory).leniently();
    }

    @Test
    void aBadComponentIsLeftOutAndTheRestRuns() throws IOException {
        String file = COLLECTOR
                        .replace("sinks = k1", "sinks = k1 k2")
                        .replace("channels = ch1\ncollector.sinks =", "channels = ch1 ch2\ncollector.sinks =")
                + "collector.sinks.k2.type = avro\ncollector.sinks.k2.channel = ch2\ncollector.sinks.k1.writeFormat = Text\n";
        Configuration configuration = files.read("collector", file);
        Assembly assembly = configuration.assembly();
        assertThat(assembly.sinks()).singleElement().hasToString("ch1 -> k1 (hdfs)");
        assertThat(assembly.channels()).singleElement().hasToString("ch1 (memory)");
        assertThat(assembly.sources()).singleElement().hasToString("r1 (avro) -> ch1");
        assertThat(files.found(configuration)).hasSize(4);
    }

    @Test
    void aSourceGoesOnWithTheChannelsThatAreThere() throws IOException {
        Configuration configuration = files.read("agent", AGENT.replace("r1.channels = c1", "r1.channels = c0 c1"));
        assertThat(configuration.assembly().sources()).singleElement().hasToString("r1 (spooldir) -> c1");
        assertThat(files.found(configuration)).singleElement().asString().contains("c0 (expected");
    }

    @Test
    void whatHangsOnABadChannelIsLeftOutToo() throws IOException {
        Configuration configuration = files.read("agent", AGENT.replace("c1.capacity = 10000", "c1.capacity = many"));
        assertThat(configuration.assembly()).isNull();
        assertThat(configuration.findings().dropped())
                .extracting(Finding::key)
                .containsExactlyInAnyOrder(
                        "agent", "agent.channels.c1", "agent.sinks.k1.channel", "agent.sources.r1.channels");
    }

    @Test
    void emptyValuesAreAsIfTheyWereNotThere() throws IOException {
        Configuration configuration = files.read("agent", AGENT + "agent.sources.r1.fileHeader =\n");
        assertThat(configuration.assembly()).isNotNull();
        assertThat(files.found(configuration)).isEmpty();
    }
}
