package org.millrace.api.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDiskTest {
    @TempDir
    Path directory;

    private final Disk disk = new LocalDisk();
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("f");
    }

    @Test
    void aFileThatWasMadeIsInUseUntilItIsClosed() throws IOException {
        try (Disk.OpenFile ours = disk.create(file)) {
            ours.write(0, new byte[] {0, 1, 2, 3}, 1, 2);
            assertThat(disk.openUnlessInUse(file)).isNull();
            assertThatThrownBy(() -> disk.create(file)).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(file).hasBinaryContent(new byte[] {1, 2});
        Disk.OpenFile again = disk.openUnlessInUse(file);
        assertThat(again).isNotNull();
        again.close();
    }

    @Test
    void aFileThatCannotBeLockedLeavesNothingBehind() {
        Disk lockless = new LocalDisk(open -> {
            throw new IOException("No locks available");
        });
        assertThatThrownBy(() -> lockless.create(file)).hasMessage("No locks available");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileThatSomebodyElseIsQuickerToLockLeavesNothingBehind() {
        Disk late = new LocalDisk(open -> false);
        assertThatThrownBy(() -> late.create(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void toOpenAFileThatWentDoesNotMakeIt() {
        assertThatThrownBy(() -> disk.openUnlessInUse(file)).isInstanceOf(NoSuchFileException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileToReadMayBeInUse() throws IOException {
        try (Disk.OpenFile ours = disk.create(file)) {
            ours.write(0, new byte[] {1, 2, 3}, 0, 3);
            byte[] read = new byte[2];
            try (Disk.ReadableFile reading = LocalDisk.openToRead(file)) {
                assertThat(reading.length()).isEqualTo(3);
                reading.read(1, read);
            }
            assertThat(read).containsExactly(2, 3);
            assertThat(Files.size(file)).isEqualTo(3);
        }
    }
}
