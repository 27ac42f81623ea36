package org.millrace.api.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    private Path directory;

    private Closeable lock() throws IOException, LockedException {
        return lock(directory);
    }

    private static Closeable lock(Path directory) throws IOException, LockedException {
        return DirectoryLock.of(directory, "LOCK", "test", DirectoryLock.Unlockable.REFUSED);
    }

    @Test
    void theSameDirectoryByAnotherNameIsLockedToo() throws Exception {
        Path other = Files.createSymbolicLink(directory.resolve("link"), directory);
        try (Closeable lock = lock()) {
            assertThatThrownBy(() -> lock(other))
                    .isInstanceOf(LockedException.class)
                    .hasMessage(other + " is in use by another test of this process");
        }
        lock(other).close();
    }

    @Test
    void locksOfTwoNamesDoNotMeet() throws Exception {
        try (Closeable lock = lock();
                Closeable other = DirectoryLock.of(directory, "OTHER", "test", DirectoryLock.Unlockable.REFUSED)) {
            assertThatThrownBy(this::lock).isInstanceOf(LockedException.class);
        }
    }

    /** An interrupt closes the file, and the lock goes with it. */
    @Test
    void whoIsInterruptedHasNoLockAndIsInNobodysWay() throws Exception {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(this::lock).isInstanceOf(ClosedChannelException.class);
        } finally {
            Thread.interrupted();
        }
        lock().close();
    }

    @Test
    void aLockThatIsGivenBackTwiceTakesNobodysAway() throws Exception {
        Closeable first = lock();
        first.close();
        try (Closeable second = lock()) {
            first.close();

            assertThatThrownBy(this::lock).isInstanceOf(LockedException.class);
        }
    }

    @Test
    void aLockNamesItsOwnerWhoeverHadItBefore() throws Exception {
        Files.writeString(directory.resolve("LOCK"), "12345678901234567890");

        lock().close();

        String pid = Long.toString(ProcessHandle.current().pid());
        assertThat(Files.readString(directory.resolve("LOCK")).trim()).isEqualTo(pid);
    }

    /** Where nothing can be written at all, as on a full disk. */
    @Test
    void aDirectoryIsLockedThoughItsOwnerCannotBeNoted() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full));
        Files.createSymbolicLink(directory.resolve("LOCK"), full);

        lock().close();
    }

    @Test
    void anotherProcessIsToldWhoHasTheDirectory() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("locked");

            assertThatThrownBy(this::lock)
                    .isInstanceOf(LockedException.class)
                    .hasMessage(directory + " is in use by process " + other.pid());
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
        lock().close(); // it went with its process
    }

    @Test
    void aLockThatCannotBeMadeIsNotHeld() throws Exception {
        Path lock = Files.createDirectory(directory.resolve("LOCK"));

        assertThatThrownBy(this::lock).isInstanceOf(IOException.class);
        Files.delete(lock);
        lock().close();
    }

    /** Locks a directory, says so, and stays until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] arguments) throws Exception {
            Closeable lock = lock(Path.of(arguments[0]));
            System.out.println("locked");
            System.in.read();
            lock.close();
        }
    }
}
