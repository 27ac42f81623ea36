package org.millrace.durable.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.storage.Storage.Access;

/** Past the page cache where the temporary directory's file system can do it; where not, this shows that AUTO goes without. */
final class DirectDiskStorageTest extends StorageContract {
    @TempDir
    private Path directory;

    @Override
    DiskStorage storage() throws IOException {
        return DiskStorage.in(directory.resolve("data"), DirectWrites.AUTO);
    }

    @Test
    void theProbeLeavesNothing() throws Exception {
        assertThat(storage().list()).isEmpty();
    }

    @Test
    void whatWasWrittenInBlocksAndInPiecesIsReadBackAlike() throws Exception {
        DiskStorage storage = storage();
        try (StorageFile file = storage.createZeroed("slot", 4L * Blocks.BYTES)) {
            file.write(filled(2, (byte) 1), 0);
            file.write(ByteBuffer.wrap(new byte[] {7, 8, 9}), 100);
            file.write(filled(1, (byte) 2), 3L * Blocks.BYTES);
            file.force();
        }
        byte[] read = Files.readAllBytes(storage.path().resolve("slot"));
        assertThat(read).hasSize(4 * Blocks.BYTES);
        assertThat(read[0]).isEqualTo((byte) 1);
        assertThat(read).containsSequence(1, 7, 8, 9, 1);
        assertThat(read[2 * Blocks.BYTES]).isZero();
        assertThat(read[4 * Blocks.BYTES - 1]).isEqualTo((byte) 2);
    }

    @Test
    void aReaderSeesWhatWasWrittenWhileItHadTheFileOpen() throws Exception {
        DiskStorage storage = storage();
        try (StorageFile writing = storage.createZeroed("slot", 2L * Blocks.BYTES);
                StorageFile reading = storage.open("slot", Access.READ)) {
            ByteBuffer before = ByteBuffer.allocate(Blocks.BYTES);
            reading.read(before, 0); // now it is in the page cache
            writing.write(filled(1, (byte) 5), 0);
            ByteBuffer after = ByteBuffer.allocate(Blocks.BYTES);
            reading.read(after, 0);
            assertThat(before.get(0)).isZero();
            assertThat(after.get(0)).isEqualTo((byte) 5);
        }
    }

    @Test
    void onIsWhatItSays() throws Exception {
        assumeThat(storage().writesDirectly()).isTrue();

        assertThat(DiskStorage.in(directory, DirectWrites.ON).writesDirectly()).isTrue();
        assertThat(DiskStorage.in(directory, DirectWrites.OFF).writesDirectly()).isFalse();
    }

    /** It may be one that refuses direct writes only when it has room for them. */
    @Test
    void aFullDiskProvesNothingAndIsWrittenThroughThePageCache() throws Exception {
        assertThat(DirectWrites.AUTO.in(directory, failing("No space left on device")))
                .isFalse();
        assertThat(DirectWrites.AUTO.in(directory, failing("Invalid argument"))).isFalse();
        assertThat(DirectWrites.AUTO.in(directory, written -> {})).isTrue();
    }

    @Test
    void onStaysOnWhereTheDiskIsFull() throws Exception {
        assertThat(DirectWrites.ON.in(directory, failing("No space left on device")))
                .isTrue();
        assertThatThrownBy(() -> DirectWrites.ON.in(directory, failing("Invalid argument")))
                .hasMessageContaining("Invalid argument");
    }

    private static DirectWrites.Probe failing(String why) {
        return directory -> {
            throw new IOException(why);
        };
    }

    private static ByteBuffer filled(int blocks, byte value) {
        ByteBuffer buffer = Blocks.allocate((long) blocks * Blocks.BYTES);
        while (buffer.hasRemaining()) {
            buffer.put(value);
        }
        return buffer.flip();
    }
}
