package org.millrace.relay.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.millrace.api.support.DirectoryLock;
import org.millrace.api.support.LockedException;
import org.millrace.relay.source.file.FileOpening;

/**
 * What a reader takes from outside.
 *
 * @param clock for what people read
 * @param nanoTime for pauses: monotonic, as {@link System#nanoTime}
 * @param opening of files that are to be read
 * @param locking of the tracker directory
 */
record Surroundings(InstantSource clock, LongSupplier nanoTime, FileOpening opening, Locking locking) {
    static final String LOCK_NAME = ".millrace.lock";

    static Surroundings real(InstantSource clock) {
        return new Surroundings(clock, System::nanoTime, FileOpening.REAL, Surroundings::lock);
    }

    /** Two readers would go on at each other's positions. */
    private static Closeable lock(Path trackerDirectory) throws IOException, LockedException {
        return DirectoryLock.of(trackerDirectory, LOCK_NAME, "source", DirectoryLock.Unlockable.WARNED_OF);
    }

    /** How a directory is kept to one reader. */
    @FunctionalInterface
    interface Locking {
        /** @return to be closed when it is free again */
        Closeable lock(Path directory) throws IOException, LockedException;
    }
}
