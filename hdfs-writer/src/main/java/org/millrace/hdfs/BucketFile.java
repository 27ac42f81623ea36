package org.millrace.hdfs;

import com.codahale.metrics.Timer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file, from its opening to its final name. The steps of {@link #finish}, each only after the one before it:
 *
 * <ol>
 *   <li>the stream is closed: all bytes are in the file system;
 *   <li>the length there is what was written;
 *   <li>the final name, which nobody else has, means it.
 * </ol>
 *
 * <p>After a failed write, flush or close nothing more is written. Such a file keeps what was flushed, which may have been
 * committed, and is cut back to that length, since behind it may stand half an event; one that was never flushed is removed.
 *
 * <p>One thread at a time, handed over by {@link HadoopCalls}.
 */
final class BucketFile {
    private static final Logger log = LoggerFactory.getLogger(BucketFile.class);
    private static final int MOST_NAMES = 1000;

    private final FileStore store;
    private final Path inUse;
    private final FSDataOutputStream out;
    private final EventWriter writer;
    private final Instant openedAt;
    private Name name;

    private long events;
    private long bodyBytes;
    private Instant lastFlushed;
    private long flushedEvents;
    private long flushedBytes;
    private boolean broken;
    private Step next = Step.CLOSE;
    private int attempts;
    private boolean renameTried;

    /** What a file is called apart from what all files of a sink have in common. */
    record Name(Path directory, String prefix, long counter) {
        Name next() {
            return new Name(directory, prefix, counter + 1);
        }
    }

    private enum Step {
        CLOSE,
        VERIFY,
        RENAME,
        NONE
    }

    BucketFile(FileStore store, Path inUse, Name name, FSDataOutputStream out, EventWriter writer) {
        this.store = store;
        this.inUse = inUse;
        this.name = name;
        this.out = out;
        this.writer = writer;
        this.openedAt = store.clock().instant();
        this.lastFlushed = openedAt;
    }

    Path inUse() {
        return inUse;
    }

    long counter() {
        return name.counter();
    }

    Instant openedAt() {
        return openedAt;
    }

    Instant lastFlushed() {
        return lastFlushed;
    }

    long events() {
        return events;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Events that readers can see; behind them may stand some that went back to the channel. */
    long flushedEvents() {
        return flushedEvents;
    }

    /** Data nodes that are taking the block being written; as many as one could ask for where there are no data nodes. */
    int replicas() {
        try {
            return out instanceof HdfsDataOutputStream blocks ? blocks.getCurrentBlockReplication() : Integer.MAX_VALUE;
        } catch (IOException e) {
            log.debug("Sink {}: replicas of {}", store.sink(), inUse, e);
            return 0; // what was flushed is safe; the next write fails if the stream is done for
        }
    }

    /** How often {@link #finish} was tried. */
    int attempts() {
        return attempts;
    }

    /** True if all events in it are safe, whatever becomes of its name. */
    boolean isClosed() {
        return next == Step.RENAME || next == Step.NONE;
    }

    void append(EventReader event) throws IOException {
        try {
            writer.append(event);
        } catch (IOException | RuntimeException e) {
            throw fail("write to", e);
        }
        events++;
        bodyBytes += event.bodyLength();
    }

    void flush() throws IOException {
        try (Timer.Context ignored = store.metrics().flushes.time()) {
            writer.flush();
        } catch (IOException | RuntimeException e) {
            throw fail("flush", e);
        }
        long bytes = out.getPos();
        store.metrics().bytesWritten.inc(bytes - flushedBytes);
        flushedBytes = bytes;
        flushedEvents = events;
        lastFlushed = store.clock().instant();
    }

    /**
     * Brings the file to its final name. May be called again after a failure: it goes on where it failed.
     *
     * @throws IOException if it is not there yet
     */
    void finish(RollReason why) throws IOException {
        attempts++;
        try (Timer.Context ignored = store.metrics().finishes.time()) {
            if (next == Step.CLOSE) {
                close();
                next = Step.VERIFY;
            }
            if (next == Step.VERIFY) {
                next = verify();
            }
            if (next == Step.RENAME) {
                rename();
                next = Step.NONE;
                completed(why);
            }
        }
    }

    private void completed(RollReason why) {
        store.metrics().finished.inc();
        Duration age = Duration.between(openedAt, store.clock().instant());
        log.info(
                "Sink {}: finished {} ({} events, {} bytes, open for {} s; {})",
                store.sink(),
                store.completeName(name.directory(), name.prefix(), name.counter()),
                broken ? flushedEvents : events,
                broken ? flushedBytes : out.getPos(),
                age.toSeconds(),
                why);
    }

    private void close() throws IOException {
        store.metrics().noLongerOpen(this);
        if (broken) {
            closeBroken();
        } else {
            try {
                writer.finish();
                HadoopCalls.progress();
                if (store.sync() == SyncMode.HSYNC) {
                    out.hsync(); // a close promises no more than a flush
                    HadoopCalls.progress();
                }
                out.close();
                store.metrics().bytesWritten.inc(out.getPos() - flushedBytes);
            } catch (IOException | RuntimeException e) {
                throw fail("close", e);
            }
        }
        store.metrics().closed.inc();
    }

    /** Hadoop's streams, closed again after a failure, tell success without having done a thing: ask the name node instead. */
    private void closeBroken() throws IOException {
        writer.discard();
        HadoopCalls.progress();
        if (files() instanceof LeaseRecoverable leases) {
            try {
                out.close();
            } catch (IOException e) {
                log.debug("Sink {}: close {} again", store.sink(), inUse, e);
            }
            HadoopCalls.progress();
            if (!leases.isFileClosed(inUse) && !leases.recoverLease(inUse)) {
                throw new IOException("the name node has not closed " + inUse + " yet");
            }
        } else {
            out.close();
        }
    }

    private Step verify() throws IOException {
        HadoopCalls.progress();
        long length = files().getFileStatus(inUse).getLen();
        long expected = broken ? flushedBytes : out.getPos();
        if (length < expected) {
            throw new IOException(inUse + " has " + length + " bytes where " + expected + " were written");
        }
        if (broken && flushedBytes == 0) {
            removeEmpty();
            return Step.NONE;
        }
        if (length > expected) {
            cutBack(length, expected);
        }
        return Step.RENAME;
    }

    private void removeEmpty() throws IOException {
        if (!files().delete(inUse, false)) {
            throw new IOException("cannot remove " + inUse + ", which holds no committed events");
        }
        log.info("Sink {}: removed {}: nothing in it was committed", store.sink(), inUse);
    }

    private void cutBack(long length, long expected) throws IOException {
        try {
            if (!files().truncate(inUse, expected)) {
                throw new IOException(inUse + " is being cut back from " + length + " to " + expected + " bytes");
            }
        } catch (UnsupportedOperationException e) {
            throw new IOException(
                    inUse + " has " + length + " bytes of which only the first " + expected
                            + " are whole events, and this file system cannot cut it back",
                    e);
        }
    }

    /** Never onto a file that is there: some file systems would overwrite it. */
    private void rename() throws IOException {
        for (int i = 0; i < MOST_NAMES; i++) {
            Path complete = store.completeName(name.directory(), name.prefix(), name.counter());
            if (complete.equals(inUse)) {
                return;
            }
            HadoopCalls.progress();
            if (!files().exists(complete)) {
                renameTo(complete);
                return;
            }
            if (!files().exists(inUse)) {
                if (renameTried) {
                    return; // the answer to our rename was lost, not the rename
                }
                throw gone();
            }
            log.warn("Sink {}: {} exists, made by another writer: trying the next name", store.sink(), complete);
            name = name.next();
        }
        store.metrics().renamesFailed.inc();
        throw new IOException("no free name for " + inUse + ": " + MOST_NAMES + " are taken");
    }

    private void renameTo(Path complete) throws IOException {
        try {
            HadoopCalls.progress();
            renameTried = true;
            if (files().rename(inUse, complete)) {
                return;
            }
        } catch (IOException | RuntimeException e) {
            store.metrics().renamesFailed.inc();
            throw new IOException("rename " + inUse + " to " + complete + ": " + e.getMessage(), e);
        }
        store.metrics().renamesFailed.inc();
        if (!files().exists(inUse)) {
            throw gone();
        }
        throw new IOException("rename " + inUse + " to " + complete + ": refused by the file system");
    }

    private IOException gone() {
        return new FileNotFoundException(inUse + " is gone: it was renamed or removed by someone else");
    }

    private IOException fail(String what, Exception cause) {
        broken = true;
        store.metrics().failed.inc();
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new IOException(what + " " + inUse + ": " + message, cause);
    }

    private FileSystem files() {
        return store.files();
    }
}
