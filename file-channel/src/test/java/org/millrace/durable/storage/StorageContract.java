package org.millrace.durable.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.Storage.Access;

/** What every storage does. */
abstract class StorageContract {
    private static final int BLOCK = 4096;

    /** An empty directory. */
    abstract Storage storage() throws IOException;

    @Test
    void aNewDirectoryIsEmpty() throws Exception {
        assertThat(storage().list()).isEmpty();
    }

    @Test
    void aFileOfZerosHasItsSizeAndNothingButZeros() throws Exception {
        try (StorageFile file = storage().createZeroed("a", 3 * BLOCK + 1)) {
            assertThat(file.size()).isEqualTo(3 * BLOCK + 1);
            assertThat(read(file, 0, 4 * BLOCK)).hasSize(3 * BLOCK + 1).containsOnly(0);
        }
    }

    @Test
    void aFileIsNotMadeTwice() throws Exception {
        Storage storage = storage();
        storage.createZeroed("a", BLOCK).close();

        assertThatThrownBy(() -> storage.createZeroed("a", BLOCK)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(storage.list()).containsExactly("a");
    }

    @Test
    void whatIsWrittenIsReadWhereItWasWritten() throws Exception {
        Storage storage = storage();
        try (StorageFile file = storage.createZeroed("a", 3 * BLOCK)) {
            ByteBuffer source = bytes("mill");
            file.write(source, BLOCK - 2);
            file.force();

            assertThat(source.hasRemaining()).isFalse();
            assertThat(read(file, BLOCK - 3, 6)).isEqualTo("\0mill\0".getBytes(UTF_8));
        }
        try (StorageFile file = storage.open("a", Access.READ)) {
            assertThat(file.size()).isEqualTo(3 * BLOCK);
            assertThat(read(file, BLOCK - 2, 4)).isEqualTo("mill".getBytes(UTF_8));
        }
    }

    @Test
    void aFileOpenedToWriteKeepsWhatItHas() throws Exception {
        Storage storage = storage();
        storage.replace("a", "race".getBytes(UTF_8));

        try (StorageFile file = storage.open("a", Access.WRITE)) {
            file.write(bytes("l"), 0);

            assertThat(read(file, 0, 9)).isEqualTo("lace".getBytes(UTF_8));
        }
    }

    @Test
    void aFileOpenedToReadIsNotWritten() throws Exception {
        Storage storage = storage();
        storage.createZeroed("a", BLOCK).close();

        try (StorageFile file = storage.open("a", Access.READ)) {
            assertThatThrownBy(() -> file.write(bytes("b"), 0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(file::force).isInstanceOf(NonWritableChannelException.class);
        }
    }

    @Test
    void nothingIsReadAtOrBehindTheEnd() throws Exception {
        try (StorageFile file = storage().createZeroed("a", BLOCK)) {
            assertThat(file.read(ByteBuffer.allocate(8), BLOCK)).isZero();
            assertThat(file.read(ByteBuffer.allocate(8), 9 * BLOCK)).isZero();
            assertThat(file.read(ByteBuffer.allocate(8), BLOCK - 3)).isEqualTo(3);
        }
    }

    @Test
    void anInterruptedThreadReadsAndStaysInterrupted() throws Exception {
        try (StorageFile file = storage().createZeroed("a", BLOCK)) {
            file.write(bytes("mill"), 0);
            Thread.currentThread().interrupt();
            byte[] read = read(file, 0, 4);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(read).isEqualTo("mill".getBytes(UTF_8));
            file.write(bytes("race"), 0);
            file.force();
            assertThat(read(file, 0, 4)).isEqualTo("race".getBytes(UTF_8));
        }
    }

    @Test
    void aClosedFileIsNotRead() throws Exception {
        StorageFile file = storage().createZeroed("a", BLOCK);
        file.close();
        file.close();

        assertThatThrownBy(() -> read(file, 0, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void aSmallFileIsReplacedWhole() throws Exception {
        Storage storage = storage();
        storage.replace("log.meta", "a long text".getBytes(UTF_8));
        storage.replace("log.meta", "short".getBytes(UTF_8));

        assertThat(storage.readAll("log.meta")).isEqualTo("short".getBytes(UTF_8));
        assertThat(storage.list()).containsExactly("log.meta");
    }

    @Test
    void filesAreListedInOrderAndWithoutThoseInDirectories() throws Exception {
        Storage storage = storage();
        storage.createZeroed("slot-0002.seg", BLOCK).close();
        storage.createZeroed("slot-0001.seg", BLOCK).close();
        storage.replace("quarantine/note.json", new byte[1]);

        assertThat(storage.list()).containsExactly("slot-0001.seg", "slot-0002.seg");
        assertThat(storage.list("quarantine")).containsExactly("quarantine/note.json");
        assertThat(storage.list("nothing")).isEmpty();
        assertThat(storage.readAll("quarantine/note.json")).hasSize(1);
    }

    @Test
    void aFileIsRenamedIntoADirectoryThatIsNotThere() throws Exception {
        Storage storage = storage();
        storage.replace("a", "mill".getBytes(UTF_8));
        storage.rename("a", "quarantine/b");

        assertThat(storage.list()).isEmpty();
        assertThat(storage.readAll("quarantine/b")).isEqualTo("mill".getBytes(UTF_8));
    }

    @Test
    void aRenameOverwritesNothing() throws Exception {
        Storage storage = storage();
        storage.replace("a", new byte[1]);
        storage.replace("b", new byte[2]);

        assertThatThrownBy(() -> storage.rename("a", "b")).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(storage.readAll("a")).hasSize(1);
        assertThat(storage.readAll("b")).hasSize(2);
    }

    @Test
    void aDeletedFileIsGone() throws Exception {
        Storage storage = storage();
        storage.replace("a", new byte[1]);
        storage.delete("a");

        assertThat(storage.list()).isEmpty();
        assertThatThrownBy(() -> storage.open("a", Access.READ)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.readAll("a")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> storage.delete("a")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void theRoomOnTheDiskIsKnown() throws Exception {
        assertThat(storage().usableBytes()).isPositive();
    }

    @Test
    void aDirectoryHasOneOwner() throws Exception {
        Storage storage = storage();
        AutoCloseable lock = storage.lock();

        assertThatThrownBy(storage::lock)
                .isInstanceOf(LockedException.class)
                .hasMessage(storage.path() + " is in use by another channel of this process");
        lock.close();
        storage.lock().close();
        lock.close(); // once more: not that of another
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    static byte[] read(StorageFile file, long position, int most) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(most);
        int length = file.read(target, position);
        assertThat(target.position()).isEqualTo(length);
        byte[] read = new byte[length];
        target.get(0, read);
        return read;
    }
}
