package org.millrace.hdfs;

import com.codahale.metrics.Timer;
import java.io.IOException;
import java.time.Instant;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file while it is written. After a failed write, flush or close nothing more is written, and what was not committed is cut off:
 * {@link UnfinishedFile}.
 *
 * <p>One thread at a time, handed over by {@link HadoopCalls}.
 */
final class BucketFile {
    private static final Logger log = LoggerFactory.getLogger(BucketFile.class);

    private final FileStore store;
    private final FileEntry opened;
    private final FSDataOutputStream out;
    private final EventWriter writer;
    private final Instant openedAt;

    private long events;
    private long bodyBytes;
    private Instant lastFlushed;
    private volatile long flushedEvents;
    private volatile long flushedBytes;
    private boolean closed;
    private boolean broken;
    private boolean discarded;

    /** What the channel's position vouches for. */
    private FileEntry committed;

    private long committedEvents;

    /** @param entry as it stands in the manifest */
    BucketFile(FileStore store, FileEntry entry, FSDataOutputStream out, EventWriter writer) {
        this.store = store;
        this.opened = entry;
        this.committed = entry;
        this.out = out;
        this.writer = writer;
        this.openedAt = store.clock().instant();
        this.lastFlushed = openedAt;
    }

    Path inUse() {
        return committed.inUse();
    }

    /** As it was reserved. */
    FileEntry opened() {
        return opened;
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

    long committedEvents() {
        return committedEvents;
    }

    /** As the manifest has it. */
    FileEntry committed() {
        return committed;
    }

    /** As the manifest is to have it once all that was flushed is committed. */
    FileEntry flushed() {
        return closed ? committed.finishing(flushedBytes) : committed.open(flushedBytes);
    }

    /** All that was flushed is committed, and the manifest says so. */
    void commit() {
        committed = flushed();
        committedEvents = flushedEvents;
    }

    boolean isBroken() {
        return broken;
    }

    /** Bytes of them, as they stand in the file. Any thread, as is {@link #flushedEvents}. */
    long flushedBytes() {
        return flushedBytes;
    }

    /** Data nodes that are taking the block being written; as many as one could ask for where there are no data nodes. */
    int replicas() {
        try {
            return out instanceof HdfsDataOutputStream blocks ? blocks.getCurrentBlockReplication() : Integer.MAX_VALUE;
        } catch (IOException e) {
            log.debug("Sink {}: replicas of {}", store.sink(), inUse(), e);
            return 0; // what was flushed is safe; the next write fails if the stream is done for
        }
    }

    void append(EventReader event) throws IOException {
        boolean isWhole = false;
        try {
            writer.append(event);
            isWhole = true;
        } catch (IOException e) {
            throw fail("write to", e);
        } catch (RuntimeException e) { // not the stream's: ChunkedOutput has those as failures of the file system
            throw new UnwritableEventException(event, fail("write to", e));
        } finally {
            broken |= !isWhole; // after an Error too
        }
        events++;
        bodyBytes += event.bodyLength();
    }

    void flush() throws IOException {
        boolean isWhole = false;
        try (Timer.Context ignored = store.metrics().flushes.time()) {
            writer.flush();
            isWhole = true;
        } catch (IOException | RuntimeException e) {
            throw fail("flush", e);
        } finally {
            broken |= !isWhole;
        }
        flushedTo(out.getPos());
        lastFlushed = store.clock().instant();
    }

    private void flushedTo(long bytes) {
        store.metrics().bytesWritten.inc(bytes - flushedBytes);
        flushedBytes = bytes;
        flushedEvents = events;
    }

    /**
     * Closes the stream: all that was appended is in the file system, which is asked for the length.
     *
     * @throws IOException if that is not certain; then the file is broken
     */
    void close() throws IOException {
        store.metrics().noLongerOpen(this);
        boolean isWhole = false;
        try {
            writer.finish();
            HadoopCalls.progress();
            if (store.sync() == SyncMode.HSYNC) {
                out.hsync(); // a close promises no more than a flush
                HadoopCalls.progress();
            }
            out.close();
            HadoopCalls.progress();
            long length = store.files().getFileStatus(inUse()).getLen();
            if (length != out.getPos()) {
                throw new IOException("it has " + length + " bytes where " + out.getPos() + " were written");
            }
            isWhole = true;
        } catch (IOException | RuntimeException e) {
            throw fail("close", e);
        } finally {
            broken |= !isWhole;
        }
        flushedTo(out.getPos());
        closed = true;
        store.metrics().closed.inc();
    }

    /** Gives everything back, whatever the file system says to it. What is in the file then is to be asked of that. */
    void abandon() {
        store.metrics().noLongerOpen(this);
        broken = true;
        if (closed) {
            return;
        }
        try {
            discard();
        } finally {
            closeAfterFailure();
        }
    }

    /** Once, whatever comes of it: it may be a plug-in's, and who abandons a file tries again. */
    private void discard() {
        if (discarded) {
            return;
        }
        discarded = true;
        try {
            writer.discard();
        } catch (RuntimeException e) {
            log.warn("Sink {}: the writer of {} does not give back what it holds", store.sink(), inUse(), e);
        }
    }

    private void closeAfterFailure() {
        try {
            HadoopCalls.progress();
            out.close();
        } catch (IOException | RuntimeException e) {
            log.debug("Sink {}: close {} after a failure", store.sink(), inUse(), e);
        }
    }

    private IOException fail(String what, Exception cause) {
        store.metrics().failed.inc();
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new IOException(what + " " + inUse() + ": " + message, cause);
    }
}
