package org.millrace.relay.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Sink;
import org.millrace.testkit.Batches;

/** Events become lines of files: what a turn writes, when a file is followed by the next, and what it is called. */
class FileRollSinkTest extends FileRollFixture {
    @Test
    void bodiesStandInAFileAsLinesOnceTheTurnIsOver() throws Exception {
        try (Sink sink = started()) {
            submit(Batches.of("a", "b"), Batches.of("c"));
            assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);

            assertThat(content()).containsExactly(Map.entry(series() + "-1", "a\nb\nc\n"));
        }
        assertThat(metrics.drainAttempts.getCount()).isEqualTo(3);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void aTurnTakesUpToABatch() throws Exception {
        try (Sink sink = started("sink.batchSize", "2")) {
            submit(Batches.of("a", "b", "c"));
            sink.drain();
            assertThat(content().values()).containsExactly("a\nb\n");
            sink.drain();
            assertThat(content().values()).containsExactly("a\nb\nc\n");
        }
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(1);
        assertThat(metrics.batchesUnderflow.getCount()).isEqualTo(1);
    }

    @Test
    void aBatchIsForcedToDiskWhereTheSettingsSaySo() throws Exception {
        try (Sink sink = started("sink.sync", "fsync", "sink.inUseSuffix", ".tmp")) {
            submit(Batches.of("a"));
            sink.drain();
            sink.drain();
            assertThat(disk.directoryForces).as("for the new name").isEqualTo(1);
        }
        assertThat(disk.forces).isEqualTo(1);
        assertThat(disk.directoryForces).as("for the final name, too").isEqualTo(2);
    }

    @Test
    void eachIntervalHasAFileAlsoOneWithoutEvents() throws Exception {
        long begun = clock.millis();
        try (Sink sink = started("sink.pathManager.prefix", "log-", "sink.pathManager.extension", "txt")) {
            sink.drain();
            assertThat(sink.idleLimit()).isEqualTo(Duration.ofSeconds(30));
            submit(Batches.of("a"));
            sink.drain();
            clock.advance(Duration.ofSeconds(31));
            assertThat(sink.idleLimit()).isZero();
            sink.drain();
            assertThat(sink.idleLimit()).isEqualTo(Duration.ofSeconds(29));
            clock.advance(Duration.ofSeconds(95));
            submit(Batches.of("b"));
            sink.drain();

            assertThat(content())
                    .containsExactly(
                            Map.entry("log-" + begun + "-1.txt", "a\n"),
                            Map.entry("log-" + begun + "-2.txt", ""),
                            Map.entry("log-" + begun + "-3.txt", "b\n"));
        }
    }

    @Test
    void withoutEmptyFilesAFileBeginsWithItsFirstEvent() throws Exception {
        try (Sink sink = started("sink.emptyFiles", "false", "sink.rollInterval", "5")) {
            sink.drain();
            assertThat(content()).isEmpty();
            submit(Batches.of("a"));
            sink.drain();
            clock.advance(Duration.ofSeconds(5));
            sink.drain();
            submit(Batches.of("b"));
            sink.drain();
            assertThat(content().values()).containsExactly("a\n", "b\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void anIntervalOfNothingMeansOneFile(String interval) throws Exception {
        try (Sink sink = started("sink.rollInterval", interval)) {
            for (String body : List.of("a", "b")) {
                submit(Batches.of(body));
                sink.drain();
                clock.advance(Duration.ofDays(1));
            }
            assertThat(sink.idleLimit()).isEqualTo(Duration.ofMinutes(1));
            assertThat(content().values()).containsExactly("a\nb\n");
        }
    }

    @Test
    void byRollTimeTheNumberBeginsAgainWithEachSecond() throws Exception {
        String time = DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
                .format(clock.instant().atZone(ZoneId.systemDefault()));
        Files.writeString(directory.resolve("p" + time + "-1"), "somebody else's");
        try (Sink sink =
                started("sink.pathManager", "ROLLTIME", "sink.pathManager.prefix", "p", "sink.rollInterval", "10")) {
            submit(Batches.of("a"));
            sink.drain();
            clock.advance(Duration.ofSeconds(10));
            submit(Batches.of("b"));
            sink.drain();
        }
        String later = DateTimeFormatter.ofPattern("yyyyMMddHHmmss")
                .format(clock.instant().atZone(ZoneId.systemDefault()));
        assertThat(content())
                .containsExactly(
                        Map.entry("p" + time + "-1", "somebody else's"),
                        Map.entry("p" + time + "-2", "a\n"),
                        Map.entry("p" + later + "-1", "b\n"));
    }

    @Test
    void aPrefixDoesNotLeadOutOfTheDirectory() throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        long begun = clock.millis();
        try (Sink sink = started("sink.pathManager.prefix", "//sub/log-")) {
            submit(Batches.of("a"));
            sink.drain();
            assertThat(directory.resolve("sub/log-" + begun + "-1")).hasContent("a\n");
        }
    }

    @Test
    void nothingIsWrittenOverAFileThatIsThere() throws Exception {
        Files.writeString(directory.resolve(series() + "-1"), "somebody else's");
        try (Sink sink = started()) {
            submit(Batches.of("a"));
            sink.drain();
        }
        assertThat(content())
                .containsExactly(Map.entry(series() + "-1", "somebody else's"), Map.entry(series() + "-2", "a\n"));
    }
}
