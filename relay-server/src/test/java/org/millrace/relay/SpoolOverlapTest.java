package org.millrace.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.relay.config.Configuration;
import org.millrace.relay.config.Finding;

/** Two sources of one spooling directory, with the real components. */
class SpoolOverlapTest {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "{0} / {1}")
    @CsvSource(delimiter = '|', textBlock = """
            batchSize = 1                              | batchSize = 2
            includePattern = .*                        | ignorePattern = x.*
            includePattern = .*\\.log                  | deletePolicy = immediate
            includePattern = .*\\.log                  | includePattern = .*\\.log
            ignorePattern = caf\u00e9/                 | ignorePattern = caf\u00e9/
            trackingPolicy = tracker_dir               | batchSize = 1
            batchSize = 1                              | trackingPolicy = tracker_dir
            """)
    void ifOneTakesFilesAwayThatTheOtherReadsItIsAMistakeWithBothLines(String first, String second) throws IOException {
        assertThat(mistakes(first, second))
                .singleElement()
                .asString()
                .contains("a.sources.r2.spoolDir", "expected: a directory of its own", "a.sources.r1.spoolDir");
    }

    @ParameterizedTest(name = "{0} / {1}")
    @CsvSource(delimiter = '|', textBlock = """
            includePattern = .*\\.log                  | includePattern = .*\\.txt
            includePattern = .*\\.log                  | ignorePattern = .*\\.log
            trackingPolicy = tracker_dir               | trackingPolicy = tracker_dir
            """)
    void ifTheyMayReadDifferentFilesOrLeaveThemWhereTheyAreItIsNone(String first, String second) throws IOException {
        assertThat(mistakes(first, second)).isEmpty();
    }

    @Test
    void directoriesThatDifferAreNoMistake() throws IOException {
        assertThat(mistakes("batchSize = 1", "batchSize = 1", "other")).isEmpty();
    }

    private List<String> mistakes(String first, String second) throws IOException {
        return mistakes(first, second, "spool");
    }

    private List<String> mistakes(String first, String second, String directoryOfSecond) throws IOException {
        String file = """
                a.sources = r1 r2
                a.channels = c
                a.sinks = k
                a.sources.r1.type = spooldir
                a.sources.r1.spoolDir = DIR/spool
                a.sources.r1.channels = c
                a.sources.r1.FIRST
                a.sources.r2.type = spooldir
                a.sources.r2.spoolDir = DIR/SECOND_DIR
                a.sources.r2.trackerDir = DIR/tracker
                a.sources.r2.channels = c
                a.sources.r2.SECOND
                a.channels.c.type = memory
                a.sinks.k.type = null
                a.sinks.k.channel = c
                """;
        Path path = Files.writeString(
                directory.resolve("a.properties"),
                file.replace("SECOND_DIR", directoryOfSecond)
                        .replace("FIRST", first.replace("\\", "\\\\"))
                        .replace("SECOND", second.replace("\\", "\\\\"))
                        .replace("DIR", directory.toString()));
        return new ProcessConfigurations()
                .read(Configuration.Request.ofFiles("a", List.of(path), false), null).findings().mistakes().stream()
                        .map(Finding::toString)
                        .toList();
    }
}
