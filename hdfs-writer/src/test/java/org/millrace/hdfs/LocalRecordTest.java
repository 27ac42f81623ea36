package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRecordTest {
    private static final byte[] SHORT = {1};
    private static final byte[] LONG = new byte[5000];

    @TempDir
    private Path directory;

    @Test
    void theLastNoteIsFound() throws Exception {
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            assertThat(record.found()).isNull();
            record.write(LONG, true);
            record.write(LONG, false);
            record.write(SHORT, false);
        }
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            assertThat(record.found()).isEqualTo(SHORT);
            assertThat(record.isOfThisBoot()).isTrue();
            record.write(LONG, false);
        }
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            assertThat(record.found()).isEqualTo(LONG);
        }
    }

    @Test
    void aNoteThatWasCutShortLeavesTheOneBefore() throws Exception {
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            record.write(SHORT, false);
            record.write(LONG, false);
        }
        for (int kept = 0; kept < 100; kept += 9) {
            Path slot = directory.resolve("a1/k1.0");
            byte[] whole = Files.readAllBytes(slot);
            Files.write(slot, java.util.Arrays.copyOf(whole, kept), StandardOpenOption.TRUNCATE_EXISTING);
            try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
                assertThat(record.found()).isEqualTo(SHORT);
            }
            Files.write(slot, whole);
        }
    }

    @Test
    void damageIsSetAsideAndNotTakenForANote() throws Exception {
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            record.write(SHORT, false);
        }
        Path slot = directory.resolve("a1/k1.1");
        byte[] bytes = Files.readAllBytes(slot);
        bytes[bytes.length - 5] ^= 1;
        Files.write(slot, bytes);
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            assertThat(record.found()).isNull();
        }
        assertThat(directory.resolve("a1/k1.1.damaged")).hasBinaryContent(bytes);
    }

    @Test
    void anErrorWhileItIsReadLeavesItUnlocked() throws Exception {
        Path slot = Files.createDirectories(directory.resolve("a1")).resolve("k1.0");
        try (RandomAccessFile file = new RandomAccessFile(slot.toFile(), "rw")) {
            file.setLength(Integer.MAX_VALUE); // more than an array can have
        }
        assertThatThrownBy(() -> LocalRecord.open(directory, "a1", "k1")).isInstanceOf(OutOfMemoryError.class);

        Files.write(slot, new byte[0]);
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1")) {
            assertThat(record.found()).isNull();
        }
    }

    @Test
    void aNoteOfAMachineThatWasStartedAgainIsKnownForOne() throws Exception {
        try (LocalRecord record = LocalRecord.open(directory, "a1", "k1", "first")) {
            record.write(SHORT, true);
        }
        for (String boot : new String[] {"second", ""}) {
            try (LocalRecord record = LocalRecord.open(directory, "a1", "k1", boot)) {
                assertThat(record.isOfThisBoot()).isFalse();
                assertThat(record.found()).isEqualTo(SHORT);
            }
        }
    }

    @Test
    void noTwoNamesHaveTheSameFile() throws Exception {
        try (LocalRecord one = LocalRecord.open(directory, "a.b", "c");
                LocalRecord other = LocalRecord.open(directory, "a", "b.c");
                LocalRecord outside = LocalRecord.open(directory, "..", "../x")) {
            assertThat(one.toString()).isNotEqualTo(other.toString());
            assertThat(Path.of(outside.toString()).normalize().startsWith(directory))
                    .isTrue();
        }
    }
}
