package org.millrace.durable.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Positions count bytes from its start. Any thread may read while one writes. */
public interface StorageFile extends AutoCloseable {
    /** Bytes that the file has. */
    long size() throws IOException;

    /**
     * Writes all that remains in the buffer, or fails; after a failure any part of it may have been written. Not on disk before
     * {@link #force}.
     */
    void write(ByteBuffer source, long position) throws IOException;

    /**
     * Reads until the buffer is full or the file ends.
     *
     * @return bytes read, 0 at or behind the end
     */
    int read(ByteBuffer target, long position) throws IOException;

    /** Everything written before is on disk when this returns. After a failure nothing written since the last success may be trusted. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
