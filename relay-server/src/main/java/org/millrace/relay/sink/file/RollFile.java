package org.millrace.relay.sink.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.millrace.api.disk.Disk;
import org.millrace.api.part.EventSerializer;
import org.millrace.codec.EventReader;
import org.millrace.serializer.SchemaSerializer;

/** A file that is being written. It knows how much of it is committed: the rest can be cut off. The sink's thread only. */
final class RollFile {
    private final Path path;
    private final String schema;
    private final Buffered out;
    private final EventSerializer.Serialization events;
    private long committedBytes;
    /** Up to here the turn that is under way is written for good, unless all of it is cut off. */
    private long markedBytes;

    private boolean isUsed;

    private RollFile(Path path, String schema, Buffered out, EventSerializer.Serialization events) {
        this.path = path;
        this.schema = schema;
        this.out = out;
        this.events = events;
        this.committedBytes = out.written;
        this.markedBytes = out.written;
    }

    /**
     * Begins the file, and writes what its format begins with.
     *
     * @param file ours to close, unless this throws
     * @param schema of the bodies; empty where there is none
     */
    static RollFile begin(Path path, Disk.OpenFile file, EventSerializer serializer, String schema) throws IOException {
        Buffered out = new Buffered(file);
        EventSerializer.Serialization events = SchemaSerializer.begin(serializer, out, schema);
        try {
            out.drain();
            return new RollFile(path, schema, out, events);
        } catch (IOException | RuntimeException | Error e) {
            discard(events, e);
            throw e;
        }
    }

    private static void discard(EventSerializer.Serialization events, Throwable cause) {
        try {
            events.discard();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    Path path() {
        return path;
    }

    boolean hasSchema(String other) {
        return schema.equals(other);
    }

    long committedBytes() {
        return committedBytes;
    }

    /** Adds the event that the reader stands on; it may stay in memory until the flush. */
    void append(EventReader event) throws IOException {
        isUsed = true;
        events.append(event);
    }

    /** Everything is in the file when this returns, and on disk if that is asked for. */
    void flush(boolean sync) throws IOException {
        if (isUsed) {
            events.endBatch();
            out.drain();
            if (sync) {
                out.file.force();
            }
        }
    }

    /** What was appended so far is in the file, and stays if what comes next is cut off. */
    void mark() throws IOException {
        events.endBatch();
        out.drain();
        markedBytes = out.written;
    }

    void committed() {
        committedBytes = out.written;
        markedBytes = out.written;
        isUsed = false;
    }

    /** What is not committed is cut off. */
    void cutBack() throws IOException {
        markedBytes = committedBytes;
        cutToMark();
        isUsed = false;
    }

    /** What came after the mark is cut off. */
    void cutToMark() throws IOException {
        events.discard();
        out.filled = 0;
        if (isUsed) {
            out.file.cutTo(markedBytes);
            out.written = markedBytes;
        }
    }

    void close() throws IOException {
        try {
            events.discard();
        } finally {
            out.file.close();
        }
    }

    /** Gathers small writes. */
    private static final class Buffered extends OutputStream {
        private final byte[] buffer = new byte[64 << 10];
        private final Disk.OpenFile file;
        private int filled;
        /** What the file has, as far as nothing failed. */
        private long written;

        Buffered(Disk.OpenFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            if (filled == buffer.length) {
                drain();
            }
            buffer[filled++] = (byte) b;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > buffer.length - filled) {
                drain();
            }
            if (length >= buffer.length) {
                file.write(written, bytes, offset, length);
                written += length;
            } else {
                System.arraycopy(bytes, offset, buffer, filled, length);
                filled += length;
            }
        }

        private void drain() throws IOException {
            if (filled > 0) {
                file.write(written, buffer, 0, filled);
                written += filled;
                filled = 0;
            }
        }
    }
}
