package org.millrace.hdfs;

import com.codahale.metrics.Timer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is no longer written, until it has its final name or is gone. Where it begins depends on what is known of it:
 *
 * <ol>
 *   <li>CLOSE: the stream is closed, all is there. Or CUT: it ended badly, or with an agent before us; its lease is taken back, and what
 *       was not committed is cut off. Or DELETE: nothing in it was committed;
 *   <li>VOUCH: the manifest, durably, says FINISHING. That is done by {@link UnfinishedFiles};
 *   <li>RENAME: the final name, which nobody else has, means it.
 * </ol>
 *
 * <p>{@link #step} may be called again after a failure: it goes on where it failed. One thread at a time, handed over by {@link
 * HadoopCalls}.
 */
final class UnfinishedFile {
    private static final Logger log = LoggerFactory.getLogger(UnfinishedFile.class);
    private static final int MOST_NAMES = 1000;
    /** How often to look whether a file has been cut before its lease is taken back once more. */
    private static final int LOOKS_AT_CUT = 10;

    private final FileStore store;
    private final @Nullable BucketFile stream;
    private final RollReason why;
    private final Instant since;
    private FileEntry entry;
    private Step next;
    private boolean abandoned;
    private boolean renameTried;
    private int looksLeft;

    /** What is to be done next. */
    enum Step {
        CLOSE,
        CUT,
        DELETE,
        VOUCH,
        RENAME,
        /** It has its final name. */
        FINISHED,
        /** There is no such file any more. */
        GONE
    }

    private UnfinishedFile(
            FileStore store, FileEntry entry, @Nullable BucketFile stream, RollReason why, Instant since, Step first) {
        this.store = store;
        this.entry = entry;
        this.stream = stream;
        this.why = why;
        this.since = since;
        this.next = first;
    }

    /** One that is to be closed. */
    static UnfinishedFile toClose(FileStore store, BucketFile file, RollReason why) {
        return new UnfinishedFile(
                store, file.committed(), file, why, file.openedAt(), file.isBroken() ? Step.CUT : Step.CLOSE);
    }

    /** One that is closed, and FINISHING in the manifest. */
    static UnfinishedFile closed(FileStore store, BucketFile file, RollReason why) {
        return new UnfinishedFile(store, file.committed(), file, why, file.openedAt(), Step.RENAME);
    }

    /** One whose events since the last commit do not count. */
    static UnfinishedFile failed(FileStore store, BucketFile file) {
        Step first = file.committed().bytes() == 0 ? Step.DELETE : Step.CUT;
        return new UnfinishedFile(store, file.committed(), file, RollReason.FAILURE, file.openedAt(), first);
    }

    /** One that we have no stream of: of an agent before us, or whose opening failed. */
    static UnfinishedFile found(FileStore store, FileEntry entry) {
        Step first = switch (entry.state()) {
            case OPENING -> Step.DELETE;
            case OPEN -> entry.bytes() == 0 ? Step.DELETE : Step.CUT;
            case FINISHING -> Step.RENAME;
        };
        UnfinishedFile file = new UnfinishedFile(
                store, entry, null, RollReason.RECOVERY, store.clock().instant(), first);
        file.renameTried = true; // perhaps
        return file;
    }

    Path inUse() {
        return entry.inUse();
    }

    /** As the manifest has it, or is to have it at VOUCH. */
    FileEntry entry() {
        return entry;
    }

    Step next() {
        return next;
    }

    /** True if it was there before we started. */
    boolean isFound() {
        return why == RollReason.RECOVERY;
    }

    /** The manifest says FINISHING. */
    void vouched() {
        next = Step.RENAME;
    }

    /**
     * Does what is next.
     *
     * @throws NotYetException if the file system is at it
     * @throws IOException if it failed
     */
    void step() throws IOException {
        try (Timer.Context ignored = store.metrics().finishes.time()) {
            switch (next) {
                case CLOSE -> close();
                case CUT -> cut();
                case DELETE -> delete();
                case RENAME -> rename();
                default -> throw new IllegalStateException(next + " of " + inUse());
            }
        }
    }

    private void close() throws IOException {
        if (stream == null) {
            throw new IllegalStateException("no stream of " + inUse());
        }
        next = entry.bytes() == 0 ? Step.DELETE : Step.CUT; // unless it succeeds
        stream.close();
        entry = stream.flushed();
        next = Step.VOUCH;
    }

    private void abandon() {
        if (stream != null && !abandoned) {
            stream.abandon();
            abandoned = true;
        }
    }

    private void cut() throws IOException {
        abandon();
        long length;
        try {
            awaitClosed();
            HadoopCalls.progress();
            length = files().getFileStatus(inUse()).getLen();
        } catch (FileNotFoundException e) {
            gone();
            return;
        }
        if (length < entry.bytes()) {
            throw new IOException(
                    inUse() + " has " + length + " bytes where " + entry.bytes() + " of committed events should be");
        }
        if (length > entry.bytes()) {
            cutBack(length);
        }
        entry = entry.finishing(entry.bytes());
        next = Step.VOUCH;
    }

    /** Hadoop's streams, closed again after a failure, tell success without having done a thing: ask the name node instead. */
    private void awaitClosed() throws IOException {
        if (!(files() instanceof LeaseRecoverable leases)) {
            return;
        }
        HadoopCalls.progress();
        if (leases.isFileClosed(inUse())) {
            return;
        }
        if (looksLeft > 0) {
            looksLeft--;
            throw new NotYetException("the name node is cutting " + inUse() + " back to " + entry.bytes() + " bytes");
        }
        HadoopCalls.progress();
        if (!leases.recoverLease(inUse())) {
            throw new NotYetException("the name node is taking the lease back of " + inUse());
        }
    }

    private void cutBack(long length) throws IOException {
        String cut = inUse() + " is being cut back from " + length + " to " + entry.bytes() + " bytes";
        try {
            HadoopCalls.progress();
            boolean done = files().truncate(inUse(), entry.bytes());
            log.info("Sink {}: {}: what is behind was not committed", store.sink(), cut);
            if (!done) {
                looksLeft = LOOKS_AT_CUT;
                throw new NotYetException(cut);
            }
        } catch (UnsupportedOperationException e) {
            throw new IOException(
                    inUse() + " has " + length + " bytes of which only the first " + entry.bytes()
                            + " belong to committed events, and this file system cannot cut it back",
                    e);
        }
    }

    private void delete() throws IOException {
        abandon();
        HadoopCalls.progress();
        if (files().delete(inUse(), false)) {
            log.info("Sink {}: removed {}: nothing in it was committed", store.sink(), inUse());
        } else if (files().exists(inUse())) {
            throw new IOException("cannot remove " + inUse() + ", which holds no committed events");
        }
        next = Step.GONE;
    }

    /** Never onto a file that is there: some file systems would overwrite it. */
    private void rename() throws IOException {
        if (entry.complete().equals(inUse())) {
            finished();
            return;
        }
        HadoopCalls.progress();
        FileStatus there = statusOf(entry.complete());
        if (there == null) {
            renameTo(entry.complete());
        } else if (renameTried && !exists(inUse())) {
            renamedBefore(there);
        } else {
            takeNextName();
        }
    }

    /** The answer to our rename was lost, not the rename. */
    private void renamedBefore(FileStatus there) {
        if (there.getLen() == entry.bytes()) {
            finished();
        } else {
            gone();
        }
    }

    private void renameTo(Path complete) throws IOException {
        HadoopCalls.progress();
        try {
            boolean before = renameTried;
            renameTried = true;
            if (files().rename(inUse(), complete)) {
                finished();
                return;
            }
            if (!exists(inUse())) {
                renameTried = before;
                gone();
                return;
            }
        } catch (FileNotFoundException e) {
            gone();
            return;
        } catch (IOException | RuntimeException e) {
            store.metrics().renamesFailed.inc();
            throw new IOException("rename " + inUse() + " to " + complete + ": " + e.getMessage(), e);
        }
        store.metrics().renamesFailed.inc();
        throw new IOException("rename " + inUse() + " to " + complete + ": refused by the file system");
    }

    /** The manifest has to know it before it is used. */
    private void takeNextName() throws IOException {
        Path taken = entry.complete();
        for (int i = 0; i < MOST_NAMES; i++) {
            entry = entry.nextName();
            HadoopCalls.progress();
            if (!exists(entry.complete())) {
                log.warn(
                        "Sink {}: {} exists, made by another writer: {} becomes {}",
                        store.sink(),
                        taken,
                        inUse(),
                        entry.complete());
                renameTried = false;
                next = Step.VOUCH;
                return;
            }
        }
        store.metrics().renamesFailed.inc();
        throw new IOException("no free name for " + inUse() + ": " + MOST_NAMES + " are taken");
    }

    private void gone() {
        log.error(
                "Sink {}: {} is gone, with {} bytes of committed events: it was renamed or removed by someone else",
                store.sink(),
                inUse(),
                entry.bytes());
        next = Step.GONE;
    }

    private void finished() {
        next = Step.FINISHED;
        store.metrics().finished.inc();
        Duration age = Duration.between(since, store.clock().instant());
        if (stream == null) {
            store.metrics().recovered.inc();
            log.info("Sink {}: recovered {} ({} bytes)", store.sink(), entry.complete(), entry.bytes());
        } else {
            log.info(
                    "Sink {}: finished {} ({} events, {} bytes, open for {} s; {})",
                    store.sink(),
                    entry.complete(),
                    stream.isBroken() ? stream.committedEvents() : stream.flushedEvents(),
                    entry.bytes(),
                    age.toSeconds(),
                    why);
        }
    }

    private boolean exists(Path path) throws IOException {
        return statusOf(path) != null;
    }

    private @Nullable FileStatus statusOf(Path path) throws IOException {
        try {
            return files().getFileStatus(path);
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    private FileSystem files() throws IOException {
        return store.filesOf(entry.directory());
    }
}
