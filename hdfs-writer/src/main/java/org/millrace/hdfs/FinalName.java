package org.millrace.hdfs;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a finished file its final name, never onto a file that is there: some file systems would overwrite it. May be asked again after
 * a failure. One thread at a time, as {@link UnfinishedFile}.
 */
final class FinalName {
    private static final Logger log = LoggerFactory.getLogger(FinalName.class);
    private static final int MOST_NAMES = 1000;

    private final FileStore store;
    /** So a file of the final name may be ours. */
    private boolean renameTried;

    /** What came of it. */
    enum Outcome {
        TAKEN,
        /** Another writer has that name: {@link #other}. */
        OTHER_NAME,
        /** There is no file to rename. */
        FILE_GONE,
        /** The same, but it may have had its final name, and somebody has taken it away since. */
        TAKEN_OR_GONE
    }

    /** @param renameTried whether somebody may have renamed it, without our knowing */
    FinalName(FileStore store, boolean renameTried) {
        this.store = store;
        this.renameTried = renameTried;
    }

    Outcome take(FileSystem files, FileEntry entry) throws IOException {
        if (entry.complete().equals(entry.inUse())) {
            return Outcome.TAKEN;
        }
        HadoopCalls.progress();
        FileStatus there = statusOf(files, entry.complete());
        if (there == null) {
            return rename(files, entry);
        }
        if (renameTried && statusOf(files, entry.inUse()) == null) {
            return there.getLen() == entry.bytes()
                    ? Outcome.TAKEN
                    : Outcome.FILE_GONE; // the answer was lost, not the rename
        }
        return Outcome.OTHER_NAME;
    }

    private Outcome rename(FileSystem files, FileEntry entry) throws IOException {
        Path inUse = entry.inUse();
        Outcome gone = renameTried ? Outcome.TAKEN_OR_GONE : Outcome.FILE_GONE;
        HadoopCalls.progress();
        try {
            renameTried = true;
            if (files.rename(inUse, entry.complete())) {
                return Outcome.TAKEN;
            }
            if (statusOf(files, inUse) == null) {
                return gone;
            }
            if (statusOf(files, entry.complete()) != null) {
                return Outcome.OTHER_NAME; // it was free a moment ago
            }
        } catch (FileNotFoundException e) {
            return gone;
        } catch (IOException | RuntimeException e) {
            store.metrics().renamesFailed.inc();
            throw new IOException("rename " + inUse + " to " + entry.complete() + ": " + e.getMessage(), e);
        }
        store.metrics().renamesFailed.inc();
        throw new IOException("rename " + inUse + " to " + entry.complete() + ": refused by the file system");
    }

    /** The next name that is free. */
    FileEntry other(FileSystem files, FileEntry entry) throws IOException {
        FileEntry next = entry;
        for (int i = 0; i < MOST_NAMES; i++) {
            next = next.nextName();
            HadoopCalls.progress();
            if (statusOf(files, next.complete()) == null) {
                log.warn(
                        "Sink {}: {} exists, made by another writer: {} becomes {}",
                        store.sink(),
                        entry.complete(),
                        entry.inUse(),
                        next.complete());
                renameTried = false;
                return next;
            }
        }
        store.metrics().renamesFailed.inc();
        throw new IOException("no free name for " + entry.inUse() + ": " + MOST_NAMES + " are taken");
    }

    private static @Nullable FileStatus statusOf(FileSystem files, Path path) throws IOException {
        try {
            return files.getFileStatus(path);
        } catch (FileNotFoundException e) {
            return null;
        }
    }
}
