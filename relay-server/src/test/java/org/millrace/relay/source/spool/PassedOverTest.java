package org.millrace.relay.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
import org.millrace.relay.source.spool.SpoolSettings.Order;
import org.millrace.relay.source.spool.SpoolSettings.Selection;
import org.millrace.testkit.LogLines;

/** A file that cannot be read, or marked, for a cause that may go is tried again, and the others go on meanwhile. */
class PassedOverTest {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(1);

    @TempDir
    Path temporary;

    private final Map<String, IOException> refusals = new HashMap<>();
    private final List<String> tried = new ArrayList<>();
    private final List<FileChannel> opened = new ArrayList<>();
    private final LogLines log = LogLines.of(PassedOver.class);
    private long nanos;
    private SpoolDirectory spool;

    @BeforeEach
    void makeDirectory() throws IOException {
        spool = new SpoolDirectory(Files.createDirectory(temporary.resolve("spool")));
    }

    @AfterEach
    void closeLog() {
        log.close();
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void aFileThatMayNotBeReadIsReadOnceItMay(Order order) {
        spool.put("a", "1\n");
        spool.put("b", "2\n");
        spool.put("c", "3\n");
        refuse("b", new AccessDeniedException("b"));
        Selection selection = new Selection(Selection.ALL.include(), Selection.ALL.ignore(), order, false);
        try (SpoolingReader reader = open(spool.settings().withSelection(selection))) {
            assertThat(texts(reader)).containsExactlyInAnyOrder("1", "3");
            assertThat(reader.filesWaiting()).isEqualTo(1);
            refusals.clear();
            assertThat(texts(reader)).as("its pause is not over").isEmpty();
            pass();
            assertThat(texts(reader)).containsExactly("2");
            assertThat(reader.filesWaiting()).isZero();
            assertThat(reader.filesSetAside()).isZero();
        }
        assertThat(spool.names()).containsExactly("a.COMPLETED", "b.COMPLETED", "c.COMPLETED");
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    @Test
    void itIsReadInItsOrderAgain() {
        spool.put("a", "1\n");
        refuse("a", new AccessDeniedException("a"));
        try (SpoolingReader reader = open(spool.settings())) {
            assertThat(texts(reader)).isEmpty();
            spool.put("b", "2\n");
            refusals.clear();
            pass();
            assertThat(texts(reader)).containsExactly("1", "2");
        }
    }

    @Test
    void itIsTriedLessAndLessOftenAndEachCauseIsToldOnce() {
        spool.put("a", "1\n");
        AccessDeniedException denied = new AccessDeniedException("a");
        refuse("a", denied);
        try (SpoolingReader reader = open(spool.settings())) {
            for (int seconds = 0; seconds < 300; seconds++) {
                assertThat(texts(reader)).isEmpty();
                nanos += Duration.ofSeconds(1).toNanos();
            }
            assertThat(tried).hasSizeBetween(10, 20);
            assertThat(reader.failures()).isEqualTo(tried.size());
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("a is passed over at byte 0", denied.toString());

            refuse("a", new FileSystemException("a", null, "Too many open files"));
            pass();
            texts(reader);
            refuse("a", denied);
            pass();
            texts(reader);
            assertThat(log.lines()).hasSize(2).last().asString().contains("Too many open files");

            refusals.clear();
            pass();
            assertThat(texts(reader)).containsExactly("1");
            assertThat(log.lines()).hasSize(3).last().asString().contains("a goes on after");
        }
    }

    @Test
    void aClockThatIsSetBackHoldsUpNothing() {
        spool.put("a", "1\n");
        refuse("a", new AccessDeniedException("a"));
        nanos = Long.MAX_VALUE - 1; // a monotonic one may begin anywhere
        try (SpoolingReader reader = open(spool.settings())) {
            assertThat(texts(reader)).isEmpty();
            refusals.clear();
            pass();
            assertThat(texts(reader)).containsExactly("1");
        }
    }

    @Test
    void aFileThatCannotBeReadOnGoesOnWhereItWas() throws IOException {
        spool.put("a", "1\n2\n3\n");
        spool.put("b", "4\n");
        try (SpoolingReader reader = open(spool.settings())) {
            assertThat(SpoolDirectory.texts(SpoolDirectory.readBatch(reader, 1)))
                    .containsExactly("1");
            reader.commit();
            opened.get(0).close(); // as a handle that is stale
            assertThat(SpoolDirectory.texts(SpoolDirectory.readBatch(reader, 2)))
                    .containsExactly("2", "3");
            reader.commit();
            assertThat(texts(reader)).containsExactly("4");
            assertThat(reader.filesSetAside()).isZero();
            assertThat(reader.filesWaiting()).isEqualTo(1);
            assertThat(spool.quarantineFile()).content().contains("ClosedChannelException", "\"offset\" : 6");
            pass();
            assertThat(texts(reader)).isEmpty();
        }
        assertThat(spool.names()).containsExactly("a.COMPLETED", "b.COMPLETED");
        assertThat(spool.quarantineFile()).doesNotExist();
    }

    @Test
    void theNextRunGoesOnWithItToo() {
        spool.put("a", "1\n2\n");
        SpoolingReader first = open(spool.settings());
        SpoolDirectory.readBatch(first, 1);
        first.commit();
        first.close();
        refuse("a", new FileSystemException("a", null, "Stale file handle"));
        spool.put("b", "3\n4\n");
        SpoolingReader second = open(spool.settings());
        assertThat(SpoolDirectory.texts(SpoolDirectory.readBatch(second, 1))).containsExactly("3");
        second.commit(); // and the position file has b
        second.close();
        refusals.clear();
        try (SpoolingReader third = open(spool.settings())) {
            assertThat(texts(third)).containsExactly("4", "2");
        }
    }

    @Test
    void whatADeserializerMakesOfAFailureOfTheDiskIsNotTheFilesFault() throws IOException {
        spool.put("a", AvroFiles.container(2, 2, 100));
        AvroFormat format = new AvroFormat(AvroFormat.SchemaHeader.HASH);
        try (SpoolingReader reader = open(spool.settings().withFormat(format))) {
            SpoolDirectory.readBatch(reader, 1);
            reader.commit();
            opened.get(0).close();
            for (int reads = 0; reads < 3; reads++) {
                SpoolDirectory.readBatch(reader, 1);
                reader.commit();
            }
            assertThat(reader.filesSetAside()).isZero();
            pass();
            SpoolDirectory.drain(reader, 10);
        }
        assertThat(spool.names()).containsExactly("a.COMPLETED");
    }

    @Test
    void aFileThatCannotBeMarkedIsMarkedOnceItCanAndReadOnce() throws IOException {
        spool.put("a", "1\n");
        spool.put("empty", "");
        spool.put("c", "2\n");
        Path tracker = temporary.resolve("tracker");
        SpoolSettings settings =
                spool.settings().withCompletion(new Completion(".COMPLETED", false, Marking.TRACKER_DIR, tracker));
        try (SpoolingReader reader = open(settings)) {
            Files.delete(tracker);
            Files.createFile(tracker); // nothing can be made in it, as on a full disk
            assertThat(texts(reader)).containsExactly("1", "", "2");
            assertThat(reader.filesWaiting()).isEqualTo(3);
            pass();
            assertThat(texts(reader)).isEmpty();
            Files.delete(tracker);
            pass();
            assertThat(texts(reader)).isEmpty();
            assertThat(reader.filesWaiting()).isZero();
            assertThat(reader.filesFinished()).isEqualTo(3);
            assertThat(reader.filesSetAside()).isZero();
        }
        assertThat(tracker.resolve("a.COMPLETED")).exists();
        assertThat(tracker.resolve("empty.COMPLETED")).exists();
    }

    @Test
    void aFileThatChangesWhileItOnlyLacksItsMarkIsSetAside() throws IOException {
        Path file = spool.put("a", "1\n");
        Path tracker = temporary.resolve("tracker");
        SpoolSettings settings =
                spool.settings().withCompletion(new Completion(".COMPLETED", false, Marking.TRACKER_DIR, tracker));
        try (SpoolingReader reader = open(settings)) {
            Files.delete(tracker);
            Files.createFile(tracker);
            assertThat(texts(reader)).containsExactly("1");
            Files.writeString(file, "1\nmore\n");
            Files.delete(tracker);
            Files.createDirectory(tracker);
            pass();
            assertThat(texts(reader)).isEmpty();
            assertThat(reader.filesSetAside()).isEqualTo(1);
            assertThat(reader.filesWaiting()).isZero();
        }
        assertThat(SpoolDirectory.texts(settings)).containsExactly("more");
    }

    @Test
    void aFileThatIsGoneIsForgotten() throws IOException {
        Path file = spool.put("a", "1\n");
        refuse("a", new AccessDeniedException("a"));
        try (SpoolingReader reader = open(spool.settings())) {
            texts(reader);
            Files.delete(file);
            pass();
            texts(reader);
            assertThat(reader.filesWaiting()).isZero();
        }
    }

    private SpoolingReader open(SpoolSettings settings) {
        return SpoolDirectory.open(
                settings, new Surroundings(InstantSource.system(), () -> nanos, this::openFile, directory -> () -> {}));
    }

    private FileChannel openFile(Path file) throws IOException {
        String name = file.getFileName().toString();
        tried.add(name);
        IOException refusal = refusals.get(name);
        if (refusal != null) {
            throw refusal;
        }
        FileChannel content = FileChannel.open(file);
        opened.add(content);
        return content;
    }

    private void refuse(String name, IOException failure) {
        refusals.put(name, failure);
    }

    /** So much time that everything is tried again. */
    private void pass() {
        nanos += LONG_ENOUGH.toNanos();
    }

    private static List<String> texts(SpoolingReader reader) {
        return SpoolDirectory.texts(SpoolDirectory.drain(reader, 10));
    }
}
