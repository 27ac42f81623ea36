package org.millrace.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.fs.Syncable;
import org.jspecify.annotations.Nullable;

/**
 * Gathers small writes into chunks, since a write to Hadoop's streams takes a lock and computes checksums best in long runs. It
 * borrows its chunk with the first byte and gives it back with the flush, so that thousands of open files hold no memory between
 * batches.
 */
final class ChunkedOutput extends OutputStream implements Syncable {
    private final OutputStream target;
    private final Sync sync;
    private final Chunks chunks;
    private byte @Nullable [] chunk;
    private int filled;

    /** Makes visible what was written to the target. */
    interface Sync {
        void run() throws IOException;
    }

    /** Chunks that nobody uses. Thread-safe. */
    static final class Chunks {
        /** A multiple of the 4,608 bytes (9 × 512) that HDFS checksums in one go; 126 KiB. */
        static final int BYTES = 28 * 4608;

        private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();

        private byte[] borrow() {
            byte[] chunk = free.poll();
            return chunk == null ? new byte[BYTES] : chunk;
        }

        private void giveBack(byte[] chunk) {
            free.add(chunk);
        }
    }

    ChunkedOutput(OutputStream target, Sync sync, Chunks chunks) {
        this.target = target;
        this.sync = sync;
        this.chunks = chunks;
    }

    @Override
    public void write(int b) throws IOException {
        byte[] room = roomFor(1);
        room[filled++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length >= Chunks.BYTES) {
            drain();
            handOn(bytes, offset, length);
            return;
        }
        byte[] room = roomFor(length);
        System.arraycopy(bytes, offset, room, filled, length);
        filled += length;
    }

    /** A chunk with room for so many bytes, at most {@link Chunks#BYTES}. */
    private byte[] roomFor(int length) throws IOException {
        if (filled + length > Chunks.BYTES) {
            drain();
        }
        if (chunk == null) {
            chunk = chunks.borrow();
        }
        return chunk;
    }

    /** Hands on what was gathered; not yet visible to readers. */
    void drain() throws IOException {
        if (chunk != null && filled > 0) {
            handOn(chunk, 0, filled);
            filled = 0;
        }
    }

    /** In calls of a chunk at most: a file system that is slow with a long body is given up no sooner than with short ones. */
    private void handOn(byte[] bytes, int offset, int length) throws IOException {
        for (int piece, done = 0; done < length; done += piece) {
            piece = Math.min(Chunks.BYTES, length - done);
            HadoopCalls.progress();
            try {
                target.write(bytes, offset + done, piece);
            } catch (
                    RuntimeException
                            e) { // Hadoop tells much by them; here nobody must take it for the fault of an event
                throw new IOException(e.toString(), e);
            }
        }
    }

    /** Hands nothing on: Hadoop's writers flush at will, and only hflush counts. Whoever flushes gets on with its work. */
    @Override
    public void flush() throws IOException {
        HadoopCalls.progress();
    }

    @Override
    public void hflush() throws IOException {
        drain();
        giveChunkBack();
        HadoopCalls.progress();
        sync.run();
    }

    @Override
    public void hsync() throws IOException {
        hflush();
    }

    /** Drops what was gathered. The target stays open. */
    void discard() {
        filled = 0;
        giveChunkBack();
    }

    /** Hands on what was gathered. The target stays open: it has an owner. */
    @Override
    public void close() throws IOException {
        drain();
        giveChunkBack();
    }

    private void giveChunkBack() {
        if (chunk != null) {
            chunks.giveBack(chunk);
            chunk = null;
        }
    }
}
