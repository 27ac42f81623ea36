package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Finding;

/** The files of {@code conf/}, with the real components, and the mistakes that people make in them. */
class ConfExamplesTest {
    private static final Path CONF = Path.of("..", "conf");

    @TempDir
    private Path directory;

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(CONF)) {
            return files.filter(file -> file.toString().endsWith(".properties")).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsAGoodConfigurationOfTheAgentItIsNamedAfter(Path example) {
        Configuration configuration = read(agentOf(example), example);
        assertThat(configuration.findings().mistakes()).isEmpty();
        assertThat(configuration.findings().notes())
                .filteredOn(note -> !isDirectoryOfAnotherMachine(note))
                .isEmpty();
        assertThat(configuration.assembly()).isNotNull();
    }

    /** The directories of the examples are those of who takes them. */
    private static boolean isDirectoryOfAnotherMachine(Finding note) {
        return (note.key().endsWith(".spoolDir") || note.key().contains(".filegroups."))
                && note.message().contains("no such directory");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            collector | collector.sinks.hdfs.channel = disk       | collector.sinks.hdfs.channel = dsk            | did you mean disk
            collector | collector.sinks.hdfs.hdfs.fileType = DataStream | collector.sinks.hdfs.writeFormat = Text | hdfs.writeFormat
            collector | collector.sinks.hdfs.hdfs.round = true    | agent.sinks.hdfs.hdfs.round = true            | collector.sinks.hdfs.hdfs.round
            classic-agent | agent.channels.memory.transactionCapacity = 1000 | agent.channels.memory.transactionCapacity = 10 | batch-size
            agent     | agent.channels.disk.transactionCapacity = 10000 | agent.channels.disk.transactionCapacity = 10 | batch-size
            failover-agent | agent.sinkgroups.collectors.processor.priority.second = 5 | agent.sinkgroups.collectors.processor.priority.secnd = 5 | priority.second
            """)
    void aMistakeIsNamedWithItsLineAndTheFix(String example, String right, String wrong, String fix)
            throws IOException {
        List<String> lines = Files.readAllLines(CONF.resolve(example + ".properties"));
        int at = lines.indexOf(right);
        assertThat(at).as("line of: " + right).isNotNegative();
        lines.set(at, wrong);
        Path file = Files.write(directory.resolve("edited.properties"), lines);

        assertThat(read(agentOf(CONF.resolve(example + ".properties")), file)
                        .findings()
                        .mistakes())
                .extracting(Finding::toString)
                .anySatisfy(mistake -> assertThat(mistake)
                        .contains(fix)
                        .containsPattern(Pattern.quote(file + ":" + (at + 1)) + "\\D"));
    }

    @Test
    void anAgentThatIsNotInTheFileIsToldWhichOnesAre() {
        Path file = CONF.resolve("collector.properties");
        assertThat(read("colector", file).findings().mistakes())
                .extracting(Finding::toString)
                .singleElement()
                .satisfies(mistake -> assertThat(mistake).contains(file.toString(), "colector", "collector"));
    }

    private static Configuration read(String agent, Path file) {
        return new ProcessConfigurations().read(Configuration.Request.ofFiles(agent, List.of(file), false), null);
    }

    private static String agentOf(Path example) {
        return example.getFileName().toString().replace(".properties", "").replaceFirst(".*-", "");
    }
}
