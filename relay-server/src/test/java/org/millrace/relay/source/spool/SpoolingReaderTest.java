package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.StartException;
import org.millrace.relay.source.spool.SpoolDirectory.Read;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.FileHeaders;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;

class SpoolingReaderTest {
    @TempDir
    Path temporary;

    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
    }

    @Test
    void aBatchHoldsEventsOfOneFileAndNoMoreThanAskedFor() {
        spool.put("a", "1\n2\n3\n4\n5\n");
        spool.put("b", "6\n");
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
            List<List<String>> batches = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                batches.add(SpoolDirectory.texts(SpoolDirectory.readBatch(reader, 2)));
                reader.commit();
            }
            assertThat(SpoolDirectory.readBatch(reader, 2)).isEmpty();
            assertThat(batches).containsExactly(List.of("1", "2"), List.of("3", "4"), List.of("5"), List.of("6"));
            assertThat(reader.filesFinished()).isEqualTo(2);
        }
        assertThat(spool.names()).containsExactly("a.COMPLETED", "b.COMPLETED");
        assertThat(spool.positionFile()).doesNotExist();
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    @Test
    void aFileThatEndsWithABatchIsFinished() {
        spool.put("a", "1\n2\n");
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
            assertThat(SpoolDirectory.drain(reader, 2)).hasSize(2);
        }
        assertThat(spool.names()).containsExactly("a.COMPLETED");
    }

    @Test
    void anEmptyFileIsOneEmptyEvent() {
        spool.put("nothing", "");
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("");
        assertThat(spool.names()).containsExactly("nothing.COMPLETED");
    }

    @Test
    void readingOnWithoutACommitIsRefused() {
        spool.put("a", "1\n2\n");
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
            SpoolDirectory.readBatch(reader, 1);
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aNewFileIsFoundByALaterRead() {
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings())) {
            assertThat(SpoolDirectory.drain(reader, 10)).isEmpty();
            spool.put("late", "x\n");
            assertThat(SpoolDirectory.texts(SpoolDirectory.drain(reader, 10))).containsExactly("x");
        }
    }

    @Test
    void batchesOfLongLinesStayWithinBounds() {
        String line = "x".repeat(6 << 20);
        spool.put("a", (line + "\n").repeat(8));
        LineFormat unlimited = new LineFormat(
                Integer.MAX_VALUE, StandardCharsets.UTF_8, StandardCharsets.UTF_8, LineFormat.DecodeErrors.FAIL);
        try (SpoolingReader reader = SpoolDirectory.open(spool.settings().withFormat(unlimited))) {
            assertThat(SpoolDirectory.readBatch(reader, 100)).hasSize(3);
            reader.commit();
            assertThat(SpoolDirectory.drain(reader, 100)).hasSize(5);
        }
    }

    @Test
    void theOldestFileIsFirstAndNamesDecideAmongEquals() throws IOException {
        spool.put("c", "c");
        spool.put("b", "b");
        Path a = spool.put("a", "a");
        Files.setLastModifiedTime(a, Files.getLastModifiedTime(spool.path.resolve("b")));
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("c", "a", "b");
    }

    @Test
    void theYoungestFileIsFirstAndNamesDecideAmongEquals() throws IOException {
        spool.put("c", "c");
        spool.put("b", "b");
        Path a = spool.put("a", "a");
        Files.setLastModifiedTime(a, Files.getLastModifiedTime(spool.path.resolve("b")));
        assertThat(SpoolDirectory.texts(ordered(Order.YOUNGEST))).containsExactly("a", "b", "c");
    }

    @Test
    void aYoungerFileThatArrivesWhileTheListIsOutOfDateIsNext() {
        spool.put("a", "a");
        spool.put("b", "b");
        SpoolSettings settings = new SpoolSettings(
                spool.path,
                ordered(Order.YOUNGEST).selection(),
                spool.settings().completion(),
                FileHeaders.NONE,
                LineFormat.DEFAULT,
                Duration.ZERO);
        Surroundings real = SpoolDirectory.surroundings();
        Surroundings timeless = new Surroundings(real.clock(), () -> 0, real.opening(), real.locking());
        try (SpoolingReader reader = SpoolDirectory.open(settings, timeless)) {
            assertThat(SpoolDirectory.texts(SpoolDirectory.readBatch(reader, 10)))
                    .containsExactly("b");
            reader.commit();
            spool.put("c", "c");
            assertThat(SpoolDirectory.texts(SpoolDirectory.drain(reader, 10))).containsExactly("c", "a");
        }
    }

    @Test
    void randomOrderReadsAllThenLooksAgain() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            spool.put("f" + i, "t" + i);
            texts.add("t" + i);
        }
        try (SpoolingReader reader = SpoolDirectory.open(ordered(Order.RANDOM))) {
            assertThat(SpoolDirectory.texts(SpoolDirectory.drain(reader, 10)))
                    .containsExactlyInAnyOrderElementsOf(texts);
        }
    }

    @Test
    void patternsMatchWholeNamesAndIgnoreWins() {
        for (String name : List.of("a.log", "a.log.1", "b.log", "skip.log", ".hidden.log", "old.log.COMPLETED")) {
            spool.put(name, name);
        }
        Selection selection =
                new Selection(Pattern.compile(".*\\.log"), Pattern.compile("skip.*"), Order.OLDEST, false);
        assertThat(SpoolDirectory.texts(spool.settings().withSelection(selection)))
                .containsExactly("a.log", "b.log");
        assertThat(spool.names()).contains("skip.log", "a.log.1", "old.log.COMPLETED");
    }

    @Test
    void subdirectoriesAreReadOnlyWhenAskedForAndNeverHiddenOrIgnoredOnes() {
        for (String name : List.of("top", "sub/one", "sub/deep/two", ".hid/three", "skip/four", "sub/.dot")) {
            spool.put(name, name);
        }
        assertThat(SpoolDirectory.texts(spool.settings())).containsExactly("top");
        Selection selection = new Selection(Pattern.compile(".*"), Pattern.compile("skip"), Order.OLDEST, true);
        assertThat(SpoolDirectory.texts(spool.settings().withSelection(selection)))
                .containsExactly("sub/one", "sub/deep/two");
        assertThat(spool.path.resolve("sub/deep/two.COMPLETED")).exists();
    }

    @Test
    void finishedFilesAreDeletedOnRequest() {
        spool.put("a", "1\n");
        assertThat(SpoolDirectory.texts(completed(true, Marking.RENAME, ".COMPLETED")))
                .containsExactly("1");
        assertThat(spool.names()).isEmpty();
    }

    @Test
    void theSuffixIsTheOneThatWasSet() {
        spool.put("a", "1\n");
        spool.put("b.done", "2\n");
        assertThat(SpoolDirectory.texts(completed(false, Marking.RENAME, ".done")))
                .containsExactly("1");
        assertThat(spool.names()).containsExactly("a.done", "b.done");
    }

    @Test
    void aTrackerDirectoryLeavesTheFilesAsTheyAre() {
        spool.put("a", "1\n");
        spool.put("sub/b", "2\n");
        SpoolSettings settings = completed(false, Marking.TRACKER_DIR, ".COMPLETED")
                .withSelection(new Selection(Pattern.compile(".*"), Pattern.compile("^$"), Order.OLDEST, true));

        assertThat(SpoolDirectory.texts(settings)).containsExactly("1", "2");
        assertThat(SpoolDirectory.texts(settings)).isEmpty();
        assertThat(spool.path.resolve("a")).hasContent("1\n");
        assertThat(temporary.resolve("tracker/a.COMPLETED")).exists();
        assertThat(temporary.resolve("tracker/sub/b.COMPLETED")).exists();
    }

    @Test
    void aFileWhoseMarkCannotBeLookedAtWaitsForThatAndIsNotReadAgain() throws IOException {
        spool.put("a", "1\n");
        SpoolSettings settings = completed(false, Marking.TRACKER_DIR, ".COMPLETED");
        Path tracker = temporary.resolve("tracker");
        Path away = temporary.resolve("away");
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            assertThat(SpoolDirectory.drain(reader, 10)).hasSize(1);
            Files.move(tracker, away);
            Files.createSymbolicLink(tracker, tracker); // leads nowhere for ever
            assertThatThrownBy(() -> reader.read(10)).isInstanceOf(IOException.class);
            Files.delete(tracker);
            Files.move(away, tracker);
            spool.put("b", "2\n");
            assertThat(SpoolDirectory.texts(SpoolDirectory.drain(reader, 10))).containsExactly("2");
        }
    }

    @Test
    void aFileWhoseMarkWouldHaveTooLongANameHoldsUpNobody() {
        spool.put("x".repeat(250), "1\n");
        spool.put("b", "2\n");
        SpoolSettings settings = completed(false, Marking.TRACKER_DIR, ".COMPLETED");
        assertThat(SpoolDirectory.texts(settings)).containsExactly("1", "2");
        assertThat(SpoolDirectory.texts(settings)).isEmpty();
    }

    @Test
    void headersNameTheFile() {
        Path file = spool.put("a", "1\n");
        SpoolSettings settings = spool.settings().withHeaders(new FileHeaders("path", "name", Map.of("k", "v")));
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            assertThat(SpoolDirectory.drain(reader, 10))
                    .singleElement()
                    .extracting(Read::headers)
                    .isEqualTo(Map.of("path", file.toAbsolutePath().toString(), "name", "a", "k", "v"));
        }
    }

    @Test
    void aDirectoryThatCannotBeUsedIsNamedBeforeAnythingIsTouched() throws IOException {
        Path missing = temporary.resolve("missing");
        assertThatThrownBy(() -> SpoolingReader.open(SpoolSettings.of(missing), InstantSource.system()))
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll(missing.toString(), "no such directory");
        assertThat(missing).doesNotExist();
        Path file = Files.createFile(temporary.resolve("file"));
        assertThatThrownBy(() -> SpoolingReader.open(SpoolSettings.of(file), InstantSource.system()))
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll(file.toString(), "not a directory");
        SpoolSettings badTracker = spool.settings()
                .withCompletion(new Completion(".COMPLETED", false, Marking.RENAME, file.resolve("tracker")));
        assertThatThrownBy(() -> SpoolingReader.open(badTracker, InstantSource.system()))
                .isInstanceOf(StartException.class)
                .hasMessageContainingAll("trackerDir", file.toString());
    }

    @Test
    void aDirectoryThatGoesAwayIsAFailureOfTheReadAndHealsWhenItIsBack() throws IOException {
        SpoolSettings settings = completed(false, Marking.RENAME, ".COMPLETED");
        try (SpoolingReader reader = SpoolDirectory.open(settings)) {
            Path away = temporary.resolve("away");
            Files.move(spool.path, away);
            assertThatThrownBy(() -> reader.read(1)).isInstanceOf(IOException.class);
            Files.move(away, spool.path);
            spool.put("a", "1\n");
            assertThat(SpoolDirectory.drain(reader, 1)).hasSize(1);
        }
    }

    private SpoolSettings ordered(Order order) {
        return spool.settings()
                .withSelection(new Selection(Selection.ALL.include(), Selection.ALL.ignore(), order, false));
    }

    private SpoolSettings completed(boolean isDeleted, Marking marking, String suffix) {
        return spool.settings()
                .withCompletion(new Completion(suffix, isDeleted, marking, temporary.resolve("tracker")));
    }
}
