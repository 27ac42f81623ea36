package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.millrace.relay.source.taildir.TaildirSettings.Limits;

class TailReaderTest {
    @TempDir
    Path temporary;

    private TailBench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new TailBench(temporary, "x\\.log.*");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void linesThatAreAddedBecomeEventsWithoutTheirEnds() throws IOException {
        bench.append("x.log", "one\ntwo\r\n\nä\r\r\n");
        bench.append("other.txt", "not tailed\n");
        bench.open();
        assertThat(bench.drain()).containsExactly("one", "two", "", "ä\r");
        bench.append("x.log", "three\n");
        assertThat(bench.drain()).containsExactly("three");
        assertThat(bench.drain()).isEmpty();
    }

    @Test
    void aLineWithoutAnEndWaitsUntilItHasOneOrTheFileIsIdle() throws IOException {
        bench.append("x.log", "one\nhal");
        bench.open();
        assertThat(bench.drain()).containsExactly("one");
        bench.append("x.log", "f\nta");
        assertThat(bench.drain()).containsExactly("half");
        bench.passIdleTime();
        assertThat(bench.drain()).containsExactly("ta");
        bench.drain();
        assertThat(bench.files().open()).isZero();
        bench.append("x.log", "il\n");
        assertThat(bench.drain()).containsExactly("il");
    }

    @Test
    void aLineThatIsStillBeingWrittenStaysWholeHoweverLongTheRoundTakes() throws IOException {
        bench.batchEvents = 1;
        bench.append("x.log", "one\nhal");
        bench.open();
        assertThat(bench.batch()).containsExactly("one");
        bench.reader().commit();
        bench.passIdleTime(); // the channels took so long, and the same round goes on
        bench.modified("x.log", Duration.ZERO);
        assertThat(bench.drain()).isEmpty();
        bench.append("x.log", "f\n");
        assertThat(bench.drain()).containsExactly("half");
    }

    @Test
    void aFileThatIsDeletedAfterALongRoundIsReadToItsEnd() throws IOException {
        bench.append("x.log", "one\n");
        bench.open();
        assertThat(bench.batch()).containsExactly("one");
        bench.passIdleTime();
        bench.append("x.log", "two\n");
        bench.modified("x.log", Duration.ZERO);
        bench.reader().commit();
        assertThat(bench.batch()).as("the round ends").isEmpty();
        Files.delete(bench.directory.resolve("x.log"));
        assertThat(bench.drain()).containsExactly("two");
    }

    @Test
    void aLineThatIsTooLongGoesOnInTheNextEvent() throws IOException {
        bench.limits = new Limits(TailBench.IDLE, 16, 100);
        bench.append("x.log", "0123456789abcdef\n0123456789abcdefg\nshort\n");
        bench.open();
        assertThat(bench.drain()).containsExactly("0123456789abcdef", "0123456789abcdef", "g", "short");
        assertThat(bench.metrics.counter("linesCut").getCount()).isEqualTo(1);
    }

    @Test
    void linesAreCutRightWhereverBlocksOfReadingEnd() throws IOException {
        List<String> lines = IntStream.range(0, 40_000)
                .mapToObj(i -> "line " + i + "-".repeat(i % 97))
                .toList();
        bench.batchEvents = 1_000;
        bench.append("x.log", String.join("\n", lines) + "\n");
        bench.open();
        assertThat(bench.drain()).isEqualTo(lines);
    }

    @Test
    void headersTellTheGroupThePathAndWhereTheLineBegins() throws IOException {
        bench.groups = List.of(
                bench.group("a", "x\\.log", Map.of("kind", "first")),
                bench.group("b", ".*\\.log", Map.of("kind", "second")));
        bench.wanted = new Headers("file", true);
        Path file = bench.append("x.log", "one\ntwo\n");
        bench.append("y.log", "three\n");
        bench.open();
        assertThat(bench.drain()).containsExactly("one", "two", "three");
        assertThat(bench.headers)
                .containsExactly(
                        Map.of("kind", "first", "file", file.toString(), "byteoffset", "0"),
                        Map.of("kind", "first", "file", file.toString(), "byteoffset", "4"),
                        Map.of(
                                "kind",
                                "second",
                                "file",
                                bench.directory.resolve("y.log").toString(),
                                "byteoffset",
                                "0"));
    }

    @Test
    void theFileThatWasWrittenFirstIsReadFirst() throws IOException {
        bench.append("x.log.1", "young\n");
        bench.append("x.log.2", "old\n");
        bench.modified("x.log.2", Duration.ofSeconds(30));
        bench.open();
        assertThat(bench.drain()).containsExactly("old", "young");
    }

    @Test
    void aFileThatGrowsFastLeavesOthersTheirTurn() throws IOException {
        bench.batchEvents = 2;
        bench.maxBatches = 1;
        bench.append("x.log.1", "1\n2\n3\n4\n5\n");
        bench.modified("x.log.1", Duration.ofSeconds(30));
        bench.append("x.log.2", "a\nb\nc\n");
        bench.open();
        assertThat(bench.drain()).containsExactly("1", "2", "a", "b", "3", "4", "c", "5");
    }

    @Test
    void filesThatAreThereCanBeSkippedButNotThoseThatComeLater() throws IOException {
        bench.skipsToEnd = true;
        bench.append("x.log", "old\n");
        bench.open();
        assertThat(bench.drain()).isEmpty();
        bench.append("x.log", "new\n");
        bench.append("x.log.2", "later\n");
        assertThat(bench.drain()).containsExactlyInAnyOrder("new", "later");
    }

    @Test
    void aRollbackMakesTheSameLinesComeAgain() throws IOException {
        bench.append("x.log", "one\ntwo\n");
        bench.open();
        assertThat(bench.batch()).containsExactly("one", "two");
        bench.reader().rollback();
        assertThat(bench.drain()).containsExactly("one", "two");
    }

    @Test
    void whatIsPutOfABatchBeforeAStopDoesNotComeAgain() throws IOException {
        List<String> lines = IntStream.range(0, 300).mapToObj(i -> "line " + i).toList();
        bench.batchEvents = 1_000;
        bench.append("x.log", String.join("\n", lines) + "\n");
        bench.open();
        assertThat(bench.batch()).hasSize(300);
        bench.reader().commitFirst(2);
        bench.reader().commitFirst(299);
        bench.reader().rollback();
        bench.close();
        assertThat(bench.open().drain()).containsExactly("line 299");
    }

    @Test
    void aBatchThatIsPutInPartsIsCommittedAsAWhole() throws IOException {
        bench.append("x.log", "1\n2\n3\n");
        bench.open();
        assertThat(bench.batch()).hasSize(3);
        bench.reader().commitFirst(1);
        bench.reader().commit();
        assertThat(bench.drain()).isEmpty();
        bench.append("x.log", "4\n");
        assertThat(bench.drain()).containsExactly("4");
    }

    @Test
    void moreFilesThanMayBeOpenAreReadOneAfterAnother() throws IOException {
        bench.limits = new Limits(TailBench.IDLE, 1024, 3);
        for (int i = 0; i < 20; i++) {
            bench.append("x.log." + i, i + "\n");
        }
        bench.open();
        assertThat(bench.drain()).hasSize(20);
        for (int i = 0; i < 20; i++) {
            bench.append("x.log." + i, i + "\n");
        }
        assertThat(bench.drain()).hasSize(20);
        assertThat(bench.files().all()).filteredOn(TailedFile::isOpen).isEmpty();
    }

    @Test
    void aListingThatIsKeptIsMadeAnewWhenTheDirectoryChanges() throws IOException {
        bench.caches = true;
        bench.append("x.log", "one\n");
        Files.setLastModifiedTime(
                bench.directory, FileTime.fromMillis(0)); // both changes may fall into one tick of its clock
        bench.open();
        assertThat(bench.drain()).containsExactly("one");
        bench.clock.advance(Duration.ofSeconds(10));
        bench.drain();
        bench.append("x.log", "two\n");
        bench.append("x.log.2", "three\n");
        assertThat(bench.drain()).containsExactlyInAnyOrder("two", "three");
    }

    @Test
    void aDirectoryOfAMatchingNameIsLeftAlone() throws IOException {
        Files.createDirectory(bench.directory.resolve("x.log.d"));
        bench.append("x.log", "one\n");
        bench.open();
        assertThat(bench.drain()).containsExactly("one");
    }

    @Test
    void aDirectoryThatCannotBeListedHoldsUpNoOtherAndItsFilesGoOnLater() throws IOException {
        Path other = Files.createDirectory(temporary.resolve("other"));
        bench.groups = List.of(
                bench.group("a", "x\\.log", Map.of()),
                new TaildirSettings.Group("b", other, Pattern.compile("y"), Map.of()));
        bench.append("x.log", "1\n");
        Files.writeString(other.resolve("y"), "a\n");
        bench.open();
        assertThat(bench.drain()).containsExactly("1", "a");
        Files.move(other, temporary.resolve("away"));
        bench.append("x.log", "2\n");
        assertThat(bench.drain()).containsExactly("2");
        assertThat(bench.metrics.eventReadFails.getCount()).isPositive();
        Files.move(temporary.resolve("away"), other);
        Files.writeString(other.resolve("y"), "b\n", StandardOpenOption.APPEND);
        assertThat(bench.drain()).containsExactly("b");
    }

    @Test
    void aWriterThatIsAlwaysAheadIsReadInBatches() throws IOException {
        bench.batchEvents = 3;
        bench.append("x.log", "1\n2\n3\n");
        bench.open();
        List<String> read = new ArrayList<>(bench.batch());
        bench.append("x.log", "4\n5\n");
        bench.reader().commit();
        read.addAll(bench.drain());
        assertThat(read).containsExactly("1", "2", "3", "4", "5");
    }
}
