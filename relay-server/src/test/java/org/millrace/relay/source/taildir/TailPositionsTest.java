package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.relay.source.file.FileHead;
import org.millrace.relay.source.taildir.TaildirSettings.Group;

/** What a stop, a crash, or Flume leaves to the next run. */
class TailPositionsTest {
    @TempDir
    Path temporary;

    private TailBench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new TailBench(temporary, "x\\.log");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void theNextRunGoesOnWhereTheLastOneStopped() throws IOException {
        bench.readEarlier("1\n2\n");
        bench.append("x.log", "3\n");
        assertThat(bench.open().drain()).containsExactly("3");
    }

    @Test
    void positionsAreWrittenAsFlumeWritesThem() throws IOException {
        Path file = bench.readEarlier("1\n2\n");
        assertThat(bench.positionFile)
                .content()
                .isEqualTo("[{\"inode\":" + bench.inode("x.log") + ",\"pos\":4,\"file\":\"" + file + "\"}]\n");
    }

    @Test
    void flumesPositionsAreGoodWhereInodeAndPathAgree() throws IOException {
        Path file = bench.append("x.log", "1\n2\n3\n");
        flumeWrote(bench.inode("x.log"), 4, file);
        assertThat(bench.open().drain()).containsExactly("3");
    }

    @Test
    void flumesPositionOfAnotherInodeOrPathOrBeyondTheEndCountsForNothing() throws IOException {
        Path file = bench.append("x.log", "1\n2\n3\n");
        flumeWrote(bench.inode("x.log") + 1, 4, file);
        assertThat(bench.open().drain()).containsExactly("1", "2", "3");
        bench.close();
        flumeWrote(bench.inode("x.log"), 4, bench.directory.resolve("y.log"));
        Files.delete(temporary.resolve("taildir_position.json.files"));
        assertThat(bench.open().drain()).containsExactly("1", "2", "3");
        bench.close();
        flumeWrote(bench.inode("x.log"), 400, file);
        assertThat(bench.open().drain()).containsExactly("1", "2", "3");
    }

    @Test
    void positionsAreWrittenAtTheIntervalSoThatACrashRepeatsOnlyWhatCameSince() throws IOException {
        bench.append("x.log", "1\n2\n");
        bench.open().drain();
        assertThat(bench.positionFile).doesNotExist();
        bench.clock.advance(Duration.ofSeconds(3));
        bench.drain();
        assertThat(bench.positions()).isEqualTo(Map.of("x.log", 4L));
        bench.append("x.log", "3\n");
        bench.drain();
        crash();
        assertThat(bench.open().drain()).containsExactly("3");
    }

    @Test
    void aRenameWhileNobodyLookedIsFollowedByInodeAndFirstBytes() throws IOException {
        bench.readEarlier("1\n");
        bench.append("x.log", "2\n");
        bench.rename("x.log", "x.log.1");
        bench.append("x.log", "3\n");
        assertThat(bench.open().drain()).containsExactly("2", "3");
        bench.close();
        bench.append("x.log.1", "late\n");
        assertThat(bench.open().drain()).containsExactly("late");
    }

    @ParameterizedTest(name = "{0}, skips to the end: {1}")
    @CsvSource({"x\\.log.*, false", "x\\.log.*, true", "x\\.log, false"})
    void aRenamedFileThatCannotBeReadAtTheFirstLookGoesOnWhereItWas(String pattern, boolean skipsToEnd)
            throws IOException {
        bench.groups = List.of(bench.group("g", pattern, Map.of()));
        bench.readEarlier("1\n2\n");
        bench.append("x.log", "3\n");
        bench.rename("x.log", "x.log.1");
        bench.skipsToEnd = skipsToEnd;
        bench.open().drainWhileNothingCanBeRead();
        assertThat(drainTwice()).containsExactly("3");
    }

    @Test
    void anotherFileOfThatInodeThatCannotBeReadAtTheFirstLookIsReadFromItsStart() throws IOException {
        bench.groups = List.of(bench.group("g", "x\\.log.*", Map.of()));
        bench.readEarlier("1\n2\n");
        bench.writeAnew("x.log", "a\nb\nc\n");
        bench.rename("x.log", "x.log.1");
        bench.open().drainWhileNothingCanBeRead();
        assertThat(drainTwice()).containsExactly("a", "b", "c");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x.log.1", "kern.log"})
    void anotherFileOfThatInodeThatIsNotTailedIsNeverRead(String name) throws IOException {
        bench.readEarlier("1\n2\n");
        bench.rename("x.log", name);
        bench.writeAnew(name, "of somebody else\n");
        bench.open().drainWhileNothingCanBeRead();
        assertThat(bench.metrics.eventReadFails.getCount()).isZero();
        assertThat(bench.files().tailed()).isZero();
        assertThat(drainTwice()).isEmpty();
        bench.append(name, "more of that\n");
        assertThat(drainTwice()).isEmpty();
    }

    @Test
    void whatCannotBeReadAtTheFirstLookIsRememberedByTheNextRun() throws IOException {
        bench.readEarlier("1\n2\n");
        bench.append("x.log", "3\n");
        bench.rename("x.log", "x.log.1");
        bench.append("x.log", "new\n");
        bench.open();
        Thread.currentThread().interrupt();
        bench.drain();
        assertThat(Thread.interrupted()).isTrue();
        bench.close();
        assertThat(bench.open().drain()).containsExactlyInAnyOrder("3", "new");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x\\.log", "x\\.log.*"})
    void aRenamedFileThatCannotBeLookedAtAtTheFirstLookGoesOnWhereItWas(String pattern) throws IOException {
        bench.groups = List.of(bench.group("g", pattern, Map.of()));
        Path file = bench.readEarlier("1\n2\n");
        bench.append("x.log", "3\n");
        Path away = Files.move(file, temporary.resolve("away"));
        Path rotated = bench.directory.resolve("x.log.1");
        Files.createSymbolicLink(rotated, rotated); // leads nowhere, which is not the same as not being there
        assertThat(bench.open().drain()).isEmpty();
        Files.delete(rotated);
        Files.move(away, rotated);
        assertThat(drainTwice()).containsExactly("3");
    }

    @Test
    void aFileThatComesAsAnotherGoesIsWrittenDown() throws IOException {
        bench.groups = List.of(bench.group("g", "x-.*", Map.of()));
        bench.skipsToEnd = true;
        bench.append("x-1", "old\n");
        bench.open().drainUntilClosed();
        bench.append("x-2", "");
        Files.delete(bench.directory.resolve("x-1"));
        bench.drain();
        bench.close();
        bench.append("x-2", "1\n");
        assertThat(bench.open().drain()).containsExactly("1");
    }

    @Test
    void theNewNameOfAnEmptyFileIsWrittenDown() throws IOException {
        bench.groups = List.of(bench.group("g", "x-.*", Map.of()));
        bench.skipsToEnd = true;
        bench.append("x-1", "");
        bench.open().drain();
        bench.clock.advance(Duration.ofSeconds(3));
        bench.drain();
        bench.rename("x-1", "x-2");
        bench.drain();
        bench.close();
        bench.append("x-2", "1\n");
        assertThat(bench.open().drain()).containsExactly("1");
    }

    /** A round may be what it takes to replace a broken handle. */
    private List<String> drainTwice() throws IOException {
        List<String> bodies = new ArrayList<>(bench.drain());
        bodies.addAll(bench.drain());
        return bodies;
    }

    @Test
    void aCopyAndATruncationWhileNobodyLookedLoseNothing() throws IOException {
        bench.readEarlier(TailRotationTest.lines(0, 100));
        bench.append("x.log", TailRotationTest.lines(100, 110));
        bench.copy("x.log", "x.log.1");
        bench.writeAnew("x.log", TailRotationTest.lines(110, 120));
        assertThat(bench.open().drain()).containsExactlyInAnyOrderElementsOf(TailRotationTest.numbered(100, 120));
    }

    @Test
    void anInodeThatAnotherFileHasNowIsNotTakenForTheOldOne() throws IOException {
        bench.readEarlier("1\n2\n");
        bench.writeAnew("x.log", "a\nb\nc\n");
        assertThat(bench.open().drain()).containsExactly("a", "b", "c");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "[{\"inode\":12", "{}", "null", "\u0000\u0000\u0000"})
    void aDamagedFileIsPassedOverForThePreviousOne(String damaged) throws IOException {
        bench.append("x.log", "1\n");
        bench.open().drain();
        bench.clock.advance(Duration.ofSeconds(3));
        bench.drain();
        bench.append("x.log", "2\n");
        bench.drain();
        bench.clock.advance(Duration.ofSeconds(3));
        bench.drain();
        crash();
        Files.writeString(bench.positionFile, damaged);
        assertThat(bench.open().drain()).containsExactly("2");
    }

    @Test
    void withoutAnyPositionThatCanBeReadFilesAreReadFromTheirStarts() throws IOException {
        bench.append("x.log", "1\n");
        Files.writeString(bench.positionFile, "[{\"pos\":1},");
        assertThat(bench.open().drain()).containsExactly("1");
    }

    @Test
    void anEntryThatMakesNoSenseDoesNotSpoilTheOthers() throws IOException {
        Path file = bench.append("x.log", "1\n2\n");
        Files.writeString(
                bench.positionFile,
                "[{\"pos\":1},7,{\"inode\":\"x\",\"pos\":0,\"file\":1},{\"inode\":" + bench.inode("x.log")
                        + ",\"pos\":2,\"file\":\"" + file + "\",\"more\":[]}]");
        assertThat(bench.open().drain()).containsExactly("2");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"caf%E9.log", "caf%C3%A9.log", "x%20%25.log"})
    void everyNameIsReadAsItWasWritten(String name) throws IOException {
        List<PositionFile.Entry> entries =
                List.of(new PositionFile.Entry(1, 2, 3, TailBench.path(bench.directory, name), "4:5"));
        new PositionFile(bench.positionFile).write(entries);
        assertThat(new PositionFile(bench.positionFile).read()).isEqualTo(entries);
    }

    @Test
    void aNameThatNoFileCanHaveDoesNotSpoilTheOthers() throws IOException {
        Path file = bench.append("x.log", "1\n2\n");
        Files.writeString(
                bench.positionFile,
                "[{\"inode\":3,\"pos\":1,\"file\":\"/a\\u0000\"},{\"inode\":" + bench.inode("x.log")
                        + ",\"pos\":2,\"file\":\"" + file + "\"}]\n");
        Files.writeString(
                temporary.resolve("taildir_position.json.files"),
                "[{\"device\":1,\"inode\":3,\"file\":\"/a\\u0000\",\"uri\":\"nonsense:\",\"head\":null}]");
        assertThat(bench.open().drain()).containsExactly("2");
    }

    @Test
    void aDirectoryThatIsNotThereAtTheStartKeepsItsPositions() throws IOException {
        bench.readEarlier("1\n2\n");
        Path away = Files.move(bench.directory, temporary.resolve("away"));
        assertThat(bench.open().drain()).isEmpty();
        bench.drain();
        bench.close();
        assertThat(bench.open().drain()).isEmpty();
        Files.move(away, bench.directory);
        bench.append("x.log", "3\n");
        assertThat(bench.drain()).containsExactly("3");
        bench.close();
        assertThat(bench.positions()).isEqualTo(Map.of("x.log", 6L));
    }

    @Test
    void positionsOfADirectoryThatIsAwayAreWrittenWithThoseOfOthers() throws IOException {
        Path other = Files.createDirectory(temporary.resolve("other"));
        bench.groups =
                List.of(bench.group("a", "x\\.log", Map.of()), new Group("b", other, Pattern.compile("y"), Map.of()));
        bench.readEarlier("1\n2\n");
        Path away = Files.move(bench.directory, temporary.resolve("away"));
        Files.writeString(other.resolve("y"), "y\n");
        assertThat(bench.open().drain()).containsExactly("y");
        bench.close();
        assertThat(bench.positions()).isEqualTo(Map.of("x.log", 4L, "y", 2L));
        Files.move(away, bench.directory);
        assertThat(bench.open().drain()).isEmpty();
    }

    @Test
    void aFileThatIsGoneAtTheStartIsForgotten() throws IOException {
        Path file = bench.readEarlier("1\n2\n");
        Path away = Files.move(file, temporary.resolve("away"));
        assertThat(bench.open().drain()).isEmpty();
        Files.move(away, file);
        assertThat(bench.drain()).containsExactly("1", "2");
    }

    @Test
    void aFileThatCannotBeLookedAtForAWhileGoesOnWhereItWas() throws IOException {
        Path file = bench.append("x.log", "1\n2\n");
        bench.open().drainUntilClosed();
        Path away = Files.move(file, temporary.resolve("away"));
        Files.createSymbolicLink(file, file); // leads nowhere, which is not the same as not being there
        assertThat(bench.drain()).isEmpty();
        assertThat(bench.metrics.eventReadFails.getCount()).isEqualTo(1);
        bench.close();
        assertThat(bench.open().drain()).isEmpty();
        Files.delete(file);
        Files.move(away, file);
        bench.append("x.log", "3\n");
        assertThat(bench.drain()).containsExactly("3");
    }

    @Test
    void aHandleThatNoLongerReadsIsReplaced() throws IOException {
        bench.append("x.log", "1\n2\n");
        bench.open().drain();
        bench.append("x.log", "3\n");
        bench.drainWhileNothingCanBeRead(); // which closes the handle
        assertThat(bench.drain()).containsExactly("3");
    }

    @Test
    void positionsThatCannotBeWrittenAreCountedAndStopNobody() throws IOException {
        bench.append("x.log", "1\n");
        bench.open().drain();
        Files.createDirectory(temporary.resolve("taildir_position.json.files.tmp"));
        bench.clock.advance(Duration.ofSeconds(3));
        bench.append("x.log", "2\n");
        assertThat(bench.drain()).containsExactly("2");
        assertThat(bench.metrics.counter("positionWriteFails").getCount()).isPositive();
    }

    @Test
    void aClockThatIsSetBackHoldsUpNoPosition() throws IOException {
        bench.append("x.log", "1\n");
        bench.open().drain();
        bench.clock.advance(Duration.ofSeconds(3));
        bench.drain();
        bench.clock.advance(Duration.ofHours(-1));
        bench.append("x.log", "2\n");
        bench.drain();
        assertThat(bench.positions()).isEqualTo(Map.of("x.log", 4L));
    }

    @Test
    void whatFlumeWentOnWithCountsByItsOwnRules() throws IOException {
        Path file = bench.readEarlier("1\n2\n");
        bench.writeAnew("x.log", "a\nb\nc\n");
        flumeWrote(bench.inode("x.log"), 4, file); // it has read the first two of the new lines
        assertThat(bench.open().drain()).containsExactly("c");
    }

    @Test
    void ofEqualInodesEachFileHasTheOneThatItBeginsAs() throws IOException {
        Path file = bench.append("x.log", "1\n2\n");
        long inode = bench.inode("x.log");
        long device = FileId.stat(file).id().device();
        new PositionFile(bench.positionFile)
                .write(List.of(
                        new PositionFile.Entry(device, inode, 4, bench.directory.resolve("y"), "4:0"),
                        new PositionFile.Entry(device + 1, inode, 2, file, headOf(file))));
        assertThat(bench.open().drain()).containsExactly("2");
    }

    private void flumeWrote(long inode, long position, Path file) throws IOException {
        Files.writeString(
                bench.positionFile, "[{\"inode\":" + inode + ",\"pos\":" + position + ",\"file\":\"" + file + "\"}]");
    }

    private static String headOf(Path file) throws IOException {
        try (FileChannel content = FileChannel.open(file)) {
            return FileHead.of(content);
        }
    }

    /** Leaves everything as it is, but for handles, which the test still has to give back. */
    private void crash() {
        bench.files().all().forEach(TailedFile::close);
    }
}
