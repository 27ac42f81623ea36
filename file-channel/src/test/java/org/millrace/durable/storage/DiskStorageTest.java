package org.millrace.durable.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.durable.storage.Storage.Access;

final class DiskStorageTest extends StorageContract {
    @TempDir
    private Path directory;

    @Override
    Storage storage() throws IOException {
        return DiskStorage.in(directory.resolve("data"));
    }

    @Test
    void directoriesThatAreMissingAreMade() throws Exception {
        DiskStorage.in(directory.resolve("a/b/c"));

        assertThat(directory.resolve("a/b/c")).isDirectory();
    }

    @Test
    void whoMayNotOpenAFileIsToldWhoMay() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));

        assertThat(DiskStorage.denied(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("it belongs to " + Files.getOwner(file).getName() + ", mode r--------");
        assertThat(DiskStorage.denied(directory.resolve("none"))).hasMessageContaining("may not open it");
    }

    @Test
    void aFileIsNoDirectory() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> DiskStorage.in(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void whatACrashHasLeftUnfinishedIsOverwritten() throws Exception {
        Storage storage = storage();
        Files.writeString(storage.path().resolve("a.new"), "half of it, and more than will be written");
        Files.writeString(storage.path().resolve("b.new"), "half of it");
        storage.replace("a", "whole".getBytes(UTF_8));
        storage.createZeroed("b", 4).close();

        assertThat(storage.readAll("a")).isEqualTo("whole".getBytes(UTF_8));
        assertThat(storage.readAll("b")).containsExactly(0, 0, 0, 0);
        assertThat(storage.list()).containsExactly("a", "b");
    }

    @Test
    void whatACrashHasLeftUnfinishedIsGivenBackByTheNextOwner() throws Exception {
        Storage storage = storage();
        storage.replace("a", "whole".getBytes(UTF_8));
        Files.writeString(storage.path().resolve("slot-0007.seg.new"), "zeros, up to where the crash came");

        storage.lock().close();

        assertThat(storage.list()).containsExactlyInAnyOrder("LOCK", "a");
    }

    @Test
    void aFileOfOthersStaysWhateverItIsCalled() throws Exception {
        Storage storage = storage();
        Files.writeString(storage.path().resolve("foo.conf.new"), "somebody's");
        Files.writeString(storage.path().resolve("slot-old.seg.new"), "somebody's");
        for (String ours : List.of("slot-0001.seg.new", "slot-12345.seg.new", "log.meta.new", "probe.new")) {
            Files.writeString(storage.path().resolve(ours), "half of it");
        }

        storage.lock().close();

        assertThat(storage.list()).containsExactly("LOCK", "foo.conf.new", "slot-old.seg.new");
    }

    @Test
    void aFileThatCannotBeMadeLeavesNothing() throws Exception {
        Storage storage = storage();
        Files.createDirectory(storage.path().resolve("a.new"));

        assertThatThrownBy(() -> storage.createZeroed("a", 4)).isInstanceOf(IOException.class);
        assertThat(storage.list()).isEmpty();
    }

    /** A channel that a thread is interrupted in is closed under all others: neither they nor the writer notice. */
    @Test
    void interruptsOfReadersDisturbNobody() throws Exception {
        try (StorageFile file = storage().createZeroed("a", 1 << 20)) {
            Thread[] readers = new Thread[3];
            int[] wrong = new int[readers.length];
            for (int i = 0; i < readers.length; i++) {
                int number = i;
                readers[i] = new Thread(() -> wrong[number] = wrongReads(file));
                readers[i].start();
            }
            for (int i = 0; i < 300; i++) {
                readers[i % readers.length].interrupt();
                file.write(ByteBuffer.allocate(4096), 4096L * (i % 256));
                file.force();
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(wrong).containsOnly(0);
        }
    }

    private static int wrongReads(StorageFile file) {
        ByteBuffer target = ByteBuffer.allocateDirect(1 << 20);
        int wrong = 0;
        for (int i = 0; i < 500; i++) {
            try {
                wrong += file.read(target.clear(), 0) == target.capacity() ? 0 : 1;
            } catch (IOException e) {
                wrong++;
            }
        }
        return wrong;
    }

    @Test
    void anOpenFileIsReadEvenIfItHasBeenDeleted() throws Exception {
        Storage storage = storage();
        storage.replace("a", "mill".getBytes(UTF_8));
        try (StorageFile file = storage.open("a", Access.READ)) {
            storage.delete("a");

            assertThat(read(file, 0, 4)).isEqualTo("mill".getBytes(UTF_8));
        }
    }
}
