package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.testkit.LogLines;

/** What log rotation does to files: each line comes once. */
class TailRotationTest {
    /** Of the log alone, or of the log and what it is rotated to. */
    private static final String ONE = "x\\.log";

    private static final String ALL = "x\\.log.*";

    @TempDir
    Path temporary;

    private TailBench bench;

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {ONE, ALL})
    void aRenamedFileIsReadOnAndTheNewOneFromItsStart(String pattern) throws IOException {
        open(pattern);
        bench.append("x.log", "1\n2\n");
        assertThat(bench.drain()).containsExactly("1", "2");
        bench.append("x.log", "3\n");
        bench.rename("x.log", "x.log.1");
        bench.append("x.log.1", "4\n"); // its writer has not been told yet
        bench.append("x.log", "5\n");
        assertThat(bench.drain()).containsExactlyInAnyOrder("3", "4", "5").containsSubsequence("3", "4");
        bench.append("x.log.1", "late\n");
        assertThat(bench.drain()).containsExactly("late");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {ONE, ALL})
    void aFileThatWasClosedAsIdleIsFoundUnderItsNewName(String pattern) throws IOException {
        open(pattern);
        bench.append("x.log", "1\n");
        bench.drainUntilClosed();
        bench.append("x.log", "2\n");
        bench.rename("x.log", "x.log.1");
        bench.append("x.log", "3\n");
        assertThat(bench.drain()).containsExactlyInAnyOrder("2", "3");
    }

    @ParameterizedTest(name = "after \"{0}\"")
    @ValueSource(strings = {"1\n2\n", ""})
    void anotherFileThatHasTheInodeOfOneThatIsGoneIsNotRead(String read) throws IOException {
        open(ALL);
        bench.append("x.log", read);
        bench.drainUntilClosed();
        bench.rename("x.log", "kern.log"); // stands for a deletion, and a file made with the inode that this freed
        bench.writeAnew("kern.log", "of the kernel 1\nof the kernel 2\n");
        assertThat(bench.drain()).isEmpty();
        assertThat(bench.files().tailed()).isZero();
        bench.append("kern.log", "of the kernel 3\n");
        assertThat(bench.drain()).isEmpty();
    }

    @Test
    void anEmptyFileIsReadOnUnderAnyName() throws IOException {
        open(ONE);
        bench.append("x.log", "");
        bench.drainUntilClosed();
        bench.rename("x.log", "x.log.1");
        assertThat(bench.drain()).isEmpty();
        bench.append("x.log.1", "late\n");
        assertThat(bench.drain()).containsExactly("late");
    }

    @Test
    void aFileThatIsTruncatedUnderANameThatIsNotTailedIsForgotten() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n2\n");
        bench.drain();
        bench.rename("x.log", "x.log.1");
        bench.drain();
        assertThat(bench.files().open()).isEqualTo(1);
        bench.writeAnew("x.log.1", "of somebody else\n");
        assertThat(bench.drain()).isEmpty();
        assertThat(bench.files().tailed()).isZero();
    }

    @Test
    void aFileWhoseNewNameCannotBeLookedAtForAWhileGoesOnWhereItWas() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n2\n");
        bench.drainUntilClosed();
        bench.append("x.log", "3\n");
        Path rotated = bench.directory.resolve("x.log.1");
        Path away = Files.move(bench.directory.resolve("x.log"), temporary.resolve("away"));
        Files.createSymbolicLink(rotated, rotated); // leads nowhere, which is not the same as not being there
        assertThat(bench.drain()).isEmpty();
        Files.delete(rotated);
        Files.move(away, rotated);
        assertThat(bench.drain()).containsExactly("3");
    }

    @Test
    void aFileThatCannotBeReadUnderItsNewNameForAWhileGoesOnWhereItWas() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n2\n");
        bench.drainUntilClosed();
        bench.append("x.log", "3\n");
        bench.rename("x.log", "x.log.1");
        bench.drainWhileNothingCanBeRead();
        assertThat(bench.drain()).containsExactly("3");
    }

    @Test
    void aFileThatIsGoneIsNotLookedForLongerThanTheIdleTime() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n2\n");
        bench.drainUntilClosed();
        Files.delete(bench.directory.resolve("x.log"));
        Path loop = bench.directory.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        bench.drain();
        assertThat(bench.files().tailed()).isEqualTo(1);
        bench.passIdleTime();
        bench.drain();
        assertThat(bench.files().tailed()).isZero();
    }

    @Test
    void severalGenerationsMoveUpTogether() throws IOException {
        open(ALL);
        List<String> written = new ArrayList<>();
        List<String> read = new ArrayList<>();
        for (int generation = 0; generation < 5; generation++) {
            String line = "generation " + generation;
            bench.append("x.log", line + "\n");
            written.add(line);
            for (int i = generation; i >= 1; i--) {
                bench.rename("x.log." + i, "x.log." + (i + 1));
            }
            bench.rename("x.log", "x.log.1");
            read.addAll(bench.drain());
        }
        assertThat(read).isEqualTo(written);
    }

    @Test
    void whatWasNotReadOfADeletedFileIsStillReadAndThenItIsForgotten() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n");
        bench.drain();
        bench.append("x.log", "2\nend");
        Files.delete(bench.directory.resolve("x.log"));
        assertThat(bench.drain()).containsExactly("2");
        bench.passIdleTime();
        assertThat(bench.drain()).containsExactly("end");
        bench.passIdleTime();
        bench.drain();
        assertThat(bench.files().tailed()).isZero();
        assertThat(bench.files().open()).isZero();
    }

    @Test
    void aTruncatedFileIsReadFromItsStart() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n2\n3\n");
        bench.drain();
        bench.writeAnew("x.log", "4\n");
        assertThat(bench.drain()).containsExactly("4");
        assertThat(bench.files().truncations()).isEqualTo(1);
    }

    @Test
    void aTruncatedFileThatGrewBeyondItsPositionIsKnownByItsFirstBytes() throws IOException {
        open(ONE);
        bench.append("x.log", "1\n2\n3\n");
        bench.drain();
        bench.writeAnew("x.log", "4\n5\n6\n7\n8\n");
        assertThat(bench.drain()).containsExactly("4", "5", "6", "7", "8");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {ONE, ALL})
    void ofACopyThatWasMadeBeforeATruncationOnlyTheRestIsRead(String pattern) throws IOException {
        open(pattern);
        copyTenUnreadLines();
        bench.writeAnew("x.log", lines(310, 320));
        assertThat(bench.drain()).containsExactlyInAnyOrderElementsOf(numbered(300, 320));
        assertThat(bench.drain()).isEmpty();
    }

    @Test
    void aCopyThatIsMadeOverTheOneBeforeIsReadLikeThat() throws IOException {
        open(ONE);
        bench.append("x.log", lines(0, 300));
        bench.drain();
        int next = 300;
        // of other sizes each time: the file system's clock may not have moved on since the last round
        for (int lines = 5; lines < 8; lines++) {
            int end = next + 5 + lines;
            bench.append("x.log", lines(next, next + 5));
            Files.write(bench.directory.resolve("x.log.1"), Files.readAllBytes(bench.directory.resolve("x.log")));
            bench.writeAnew("x.log", lines(next + 5, end));
            assertThat(bench.drain()).containsExactlyInAnyOrderElementsOf(numbered(next, end));
            next = end;
        }
    }

    @Test
    void copiesAreKnownByNamesThatTheLocaleDoesNotHold() throws IOException {
        open(ALL);
        Path log = TailBench.path(bench.directory, "x.log%E9");
        Files.writeString(log, lines(0, 300));
        bench.drain();
        Files.writeString(log, lines(300, 310), StandardOpenOption.APPEND);
        Files.copy(log, TailBench.path(bench.directory, "x.log%E9.1"));
        Files.writeString(log, lines(310, 320));
        assertThat(bench.drain()).containsExactlyInAnyOrderElementsOf(numbered(300, 320));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {ONE, ALL})
    void aCopyThatIsSeenBeforeTheTruncationWaitsForIt(String pattern) throws IOException {
        open(pattern);
        copyTenUnreadLines();
        assertThat(bench.drain()).isEqualTo(numbered(300, 310));
        bench.append("x.log", lines(310, 311)); // too late for the copy
        assertThat(bench.drain()).isEqualTo(numbered(310, 311));
        bench.writeAnew("x.log", lines(311, 312));
        assertThat(bench.drain()).isEqualTo(numbered(311, 312));
    }

    @Test
    void aCopyWhoseOriginalIsNeverTruncatedIsAFileOfItsOwn() throws IOException {
        open(ALL);
        bench.append("x.log", "1\n2\n");
        bench.drain();
        bench.copy("x.log", "x.log.copy");
        assertThat(bench.drain()).isEmpty();
        bench.passIdleTime();
        assertThat(bench.drain()).containsExactly("1", "2");
    }

    @Test
    void aFileThatBeginsLikeAnotherIsNoCopyOnceItDiffers() throws IOException {
        open(ALL);
        bench.append("x.log", "header\n1\n");
        bench.drain();
        bench.append("x.log.b", "header\n2\n");
        assertThat(bench.drain()).containsExactly("header", "2");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {ONE, ALL})
    void aCopyThatCannotBeReadJustNowIsWaitedFor(String pattern) throws IOException {
        open(pattern);
        copyTenUnreadLines();
        bench.writeAnew("x.log", lines(310, 320));
        bench.unreadable.add("x.log.1");
        assertThat(bench.drain()).isEmpty();
        assertThat(bench.drain()).isEmpty();
        assertThat(bench.files().truncations()).isZero();
        bench.unreadable.clear();
        assertThat(bench.drain()).containsExactlyInAnyOrderElementsOf(numbered(300, 320));
        assertThat(bench.drain()).isEmpty();
        assertThat(bench.files().truncations()).isEqualTo(1);
    }

    @Test
    void aCopyThatStaysUnreadableHoldsUpNobodyForLongAndIsSaid() throws IOException {
        try (LogLines log = LogLines.of(TailedFiles.class)) {
            open(ONE);
            bench.append("x.log", lines(0, 300));
            bench.drain();
            bench.copy("x.log", "x.log.1");
            bench.writeAnew("x.log", lines(310, 320));
            bench.unreadable.add("x.log.1");
            assertThat(bench.drain()).isEmpty();
            assertThat(bench.drain()).isEmpty();
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("it waits for that"))
                    .hasSize(1);
            bench.passIdleTime();
            assertThat(bench.drain()).isEqualTo(numbered(310, 320));
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("x.log.1] cannot be read") && line.contains("are missing"))
                    .hasSize(1);
        }
    }

    @Test
    void aCopyThatCannotBeComparedBeforeTheTruncationWaitsForIt() throws IOException {
        open(ALL);
        copyTenUnreadLines();
        bench.unreadable.add("x.log.1");
        assertThat(bench.drain()).isEqualTo(numbered(300, 310));
        bench.unreadable.clear();
        assertThat(bench.drain()).isEmpty();
        bench.writeAnew("x.log", lines(311, 312));
        assertThat(bench.drain()).isEqualTo(numbered(311, 312));
    }

    @Test
    void aFileThatCanNeverBeComparedIsReadForItselfAndThatIsSaid() throws IOException {
        try (LogLines log = LogLines.of(TailedFiles.class)) {
            open(ALL);
            bench.append("x.log", "1\n");
            bench.drain();
            bench.append("x.log.b", "2\n");
            bench.unreadable.add("x.log.b");
            assertThat(bench.drain()).isEmpty();
            bench.passIdleTime();
            assertThat(bench.drain()).containsExactly("2");
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("come twice"))
                    .hasSize(1);
        }
    }

    /** Of what is copied 300 lines have been read, and ten have not. */
    private void copyTenUnreadLines() throws IOException {
        bench.append("x.log", lines(0, 300));
        bench.drain();
        bench.append("x.log", lines(300, 310));
        bench.copy("x.log", "x.log.1");
    }

    private void open(String pattern) throws IOException {
        bench = new TailBench(temporary, pattern);
        bench.open();
    }

    static String lines(int from, int to) {
        return numbered(from, to).stream().collect(Collectors.joining("\n", "", "\n"));
    }

    static List<String> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "line number " + i).toList();
    }
}
