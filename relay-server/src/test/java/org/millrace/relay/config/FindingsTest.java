package org.millrace.relay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.millrace.relay.config.ConfigurationFiles.AGENT;
import static org.millrace.relay.config.ConfigurationFiles.COLLECTOR;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of files as a whole: mistakes, notes, and whom they name. */
class FindingsTest {
    private ConfigurationFiles files;

    @BeforeEach
    void begin(@TempDir Path directory) {
        files = new ConfigurationFiles(directory);
    }

    @Test
    void allMistakesAreReportedAtOnceInTheOrderOfTheFile() throws IOException {
        String file = COLLECTOR
                .replace("k1.channel = ch1", "k1.channel = ch2")
                .replace("hdfs.rollInterval = 30", "hdfs.rollInterval = soon")
                .replace("sinks.k1.hdfs.fileType", "sinks.k1.fileType")
                .replace("collector.sources.r1.bind", "agent.sources.r1.bind")
                .replace("ch1.type = memory", "ch1.type = memroy");
        assertThat(files.found(files.read("collector", file)))
                .extracting(line -> line.replaceFirst(": .*", ""))
                .containsExactly("FILE:4", "FILE:5", "FILE:8", "FILE:12", "FILE:14", "FILE:18");
    }

    @Test
    void anAgentThatIsNotInTheFileIsToldWhichAre() throws IOException {
        assertThat(files.found(files.read("colector", AGENT + COLLECTOR)))
                .containsExactly(
                        "FILE: no agent colector in this file (agents there: agent, collector; did you mean collector?)");
    }

    @Test
    void aLineOfOurComponentUnderAnotherAgentsNameIsAMistakeEvenIfThatAgentIsThere() throws IOException {
        String file = COLLECTOR + AGENT + "agent.channels.ch1.keep-alive = 5\n";
        assertThat(files.found(files.read("collector", file)))
                .containsExactly(
                        "FILE:35: agent.channels.ch1.keep-alive: agent agent has no channel ch1, but collector has"
                                + " (did you mean collector.channels.ch1.keep-alive?)");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = files.directory().resolve("nowhere.properties");
        Configuration configuration = files.read("agent", List.of(file));
        assertThat(configuration.findings().mistakes())
                .singleElement()
                .asString()
                .isEqualTo(file + ": no such file");
    }

    @Test
    void secretsAreNeverPrinted() throws IOException {
        String file = COLLECTOR + "collector.sources.r1.pin-password = hunter2\n"
                + "collector.sources.r1.keystore-password = opensesame\n"
                + "collector.sources.r1.keystore-password = opensesame2\n";
        assertThat(files.found(files.read("collector", file)))
                .hasSize(2)
                .noneMatch(line -> line.contains("hunter2") || line.contains("opensesame"))
                .anyMatch(line -> line.contains("pin-password: ****** (expected: a whole number"));
    }

    @Test
    void aTextMayBeEmptyWithANote() throws IOException {
        Configuration configuration = files.read("agent", AGENT + "agent.sources.r1.fileSuffix =\n");
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
        Configuration configuration = files.read("agent", file);
        assertThat(configuration.assembly()).isNotNull();
        assertThat(configuration.findings().notes()).singleElement().asString().contains("it will fill up");
    }
}
