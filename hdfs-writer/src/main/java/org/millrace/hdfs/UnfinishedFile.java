package org.millrace.hdfs;

import com.codahale.metrics.Timer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.ipc.RemoteException;
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
    /** How often to look whether a file has been cut before its lease is taken back once more. */
    private static final int LOOKS_AT_CUT = 10;

    private final FileStore store;
    private final @Nullable BucketFile stream;
    private final RollReason why;
    private final Instant since;
    private final FinalName finalName;
    private FileEntry entry;
    private Step next;
    private boolean abandoned;
    private int looksLeft;

    /** What is to be done next. */
    enum Step {
        CLOSE,
        CUT,
        /** Finish it if it is as long as is known, else leave it: that may be less than was committed. */
        COMPARE,
        DELETE,
        /** If there is a byte in it, it is another writer's, made since we found that the name was free. */
        DELETE_EMPTY,
        VOUCH,
        RENAME,
        /** It has its final name. */
        FINISHED,
        /** There is no such file any more; or it is left as it is. */
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
        this.finalName = new FinalName(store, entry.state() == FileEntry.State.FINISHING && stream == null);
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

    /** One of an agent before us, as the manifest has it. */
    static UnfinishedFile restored(FileStore store, FileEntry entry) {
        Step first = switch (entry.state()) {
            case OPENING -> Step.DELETE;
            case OPEN -> entry.bytes() == 0 ? Step.DELETE : Step.CUT;
            case AT_LEAST -> Step.COMPARE;
            case FINISHING -> Step.RENAME;
        };
        return withoutStream(store, entry, RollReason.RECOVERY, first);
    }

    /** One that we made, but could not begin: nothing in it was committed. */
    static UnfinishedFile notBegun(FileStore store, FileEntry opening) {
        return withoutStream(store, opening, RollReason.FAILURE, Step.DELETE);
    }

    /** One that we tried to make, and nobody knows whether we did: we have not written to it. */
    static UnfinishedFile perhapsMade(FileStore store, FileEntry opening) {
        return withoutStream(store, opening, RollReason.FAILURE, Step.DELETE_EMPTY);
    }

    private static UnfinishedFile withoutStream(FileStore store, FileEntry entry, RollReason why, Step first) {
        return new UnfinishedFile(store, entry, null, why, store.clock().instant(), first);
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
                case COMPARE -> compare();
                case DELETE -> delete();
                case DELETE_EMPTY -> deleteEmpty();
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

    private void compare() throws IOException {
        long length = lengthOnceClosed();
        if (length < 0 && entry.bytes() == 0) {
            next = Step.GONE; // it was never made
        } else if (length < 0) {
            gone();
        } else if (length == 0 && entry.bytes() == 0) {
            next = Step.DELETE;
        } else if (length == entry.bytes()) {
            vouchFor(length);
        } else if (length < entry.bytes()) {
            leave("it has " + length + " bytes where " + entry.bytes() + " of committed events should be");
        } else {
            leave("it has " + length + " bytes, " + entry.bytes() + " of them are known to be whole events. What came"
                    + " after was noted no more before the machine stopped, and its last event may be cut short");
        }
    }

    /** Nothing more can be done to it, by anybody but an operator. */
    private void leave(String cause) {
        next = Step.GONE;
        store.metrics().leftInUse.inc();
        log.error("Sink {}: {} keeps its in-use name: {}", store.sink(), inUse(), cause);
    }

    /** HDFS may find them yet, when a data node comes back; what it was never asked to keep it never will. */
    private void cutShort(String what) throws IOException {
        if (store.sync() != SyncMode.NONE) {
            throw new IOException(inUse() + ": " + what);
        }
        leave(what + ", the rest went with the writer that held it (hdfs.sync = none)");
    }

    /** Negative if there is no such file. */
    private long lengthOnceClosed() throws IOException {
        try {
            awaitClosed();
            HadoopCalls.progress();
            return files().getFileStatus(inUse()).getLen();
        } catch (FileNotFoundException e) {
            return -1;
        }
    }

    private void vouchFor(long length) {
        entry = entry.finishing(length);
        next = Step.VOUCH;
    }

    private void cut() throws IOException {
        abandon();
        long length = lengthOnceClosed();
        if (length < 0) {
            gone();
            return;
        }
        if (length < entry.bytes()) {
            cutShort("it has " + length + " bytes where " + entry.bytes() + " of committed events should be");
            return;
        }
        if (length == entry.bytes() || cutBack(length)) {
            vouchFor(entry.bytes());
        }
    }

    /** Hadoop's streams, closed again after a failure, tell success without having done a thing: ask the name node instead. */
    private void awaitClosed() throws IOException {
        HadoopCalls.progress();
        Path file = store.behindMounts(inUse());
        if (!(store.filesOf(file) instanceof LeaseRecoverable leases)) {
            return;
        }
        HadoopCalls.progress();
        if (leases.isFileClosed(file)) {
            return;
        }
        if (looksLeft > 0) {
            looksLeft--;
            throw new NotYetException("the name node is cutting " + inUse() + " back to " + entry.bytes() + " bytes");
        }
        HadoopCalls.progress();
        if (!leases.recoverLease(file)) {
            throw new NotYetException("the name node is taking the lease back of " + inUse());
        }
    }

    /** False if that is never possible: then it is left. */
    private boolean cutBack(long length) throws IOException {
        String cut = inUse() + " is being cut back from " + length + " to " + entry.bytes() + " bytes";
        HadoopCalls.progress();
        try {
            if (!files().truncate(inUse(), entry.bytes())) {
                looksLeft = LOOKS_AT_CUT;
                throw new NotYetException(cut);
            }
        } catch (IOException | UnsupportedOperationException e) {
            if (!isUnsupported(e)) {
                throw e;
            }
            log.debug("Sink {}: truncate {}", store.sink(), inUse(), e);
            leave("it has " + length + " bytes of which only the first " + entry.bytes()
                    + " belong to committed events, and this file system cannot cut it back");
            return false;
        }
        log.info("Sink {}: {}: what is behind was not committed", store.sink(), cut);
        return true;
    }

    /** Said by a name node, it comes in a wrapping. */
    private static boolean isUnsupported(Exception e) {
        return e instanceof UnsupportedOperationException
                || (e instanceof RemoteException remote
                        && UnsupportedOperationException.class.getName().equals(remote.getClassName()));
    }

    private void deleteEmpty() throws IOException {
        HadoopCalls.progress();
        boolean isEmpty;
        try (FSDataInputStream in = files().open(inUse())) {
            isEmpty = in.read() < 0;
        } catch (FileNotFoundException e) {
            next = Step.GONE;
            return;
        }
        if (isEmpty) {
            next = Step.DELETE;
        } else {
            log.warn("Sink {}: {} was made by another writer, and is left alone", store.sink(), inUse());
            next = Step.GONE;
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

    private void rename() throws IOException {
        HadoopCalls.progress();
        switch (finalName.take(files(), entry)) {
            case TAKEN -> finished();
            case FILE_GONE -> gone();
            case TAKEN_OR_GONE -> takenOrGone();
            case OTHER_NAME -> {
                entry = finalName.other(files(), entry);
                next = Step.VOUCH; // the manifest has to know it before it is used
            }
        }
    }

    private void gone() {
        log.error(
                "Sink {}: {} is gone, with {} bytes of committed events: {}",
                store.sink(),
                inUse(),
                entry.bytes(),
                store.sync() == SyncMode.NONE
                        ? "with hdfs.sync = none they may have gone with the agent that held them"
                        : "it was renamed or removed by someone else");
        next = Step.GONE;
    }

    /** That it has its final name is noted with the next commit, and by then a reader may be done with it. */
    private void takenOrGone() {
        log.warn(
                "Sink {}: neither {} nor {} is there, with {} bytes of committed events: it had its final name, most likely,"
                        + " and a reader has moved or removed it since",
                store.sink(),
                inUse(),
                entry.complete(),
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

    private FileSystem files() throws IOException {
        return store.filesOf(entry.directory());
    }
}
