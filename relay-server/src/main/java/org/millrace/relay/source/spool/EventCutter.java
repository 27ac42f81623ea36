package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Map;

/** Parts a file into the bodies of events, one after another. One thread. The file belongs to the caller. */
interface EventCutter {
    /**
     * @param offset a place that {@link #offset} told once, or 0
     * @param buffer lent as long as the cutter is used
     */
    static EventCutter of(FileFormat format, FileChannel file, long offset, byte[] buffer) throws IOException {
        if (format instanceof AvroFormat avro) {
            return new AvroRecords(file, offset, avro);
        }
        if (format instanceof BlobFormat blob) {
            return new Blobs(file, offset, blob);
        }
        return new LineReader(file, offset, (LineFormat) format, buffer);
    }

    /**
     * Moves to the next event, whose body {@link #array}, {@link #bodyOffset} and {@link #bodyLength} show until the next call; false at
     * the end of the file.
     *
     * @throws IOException if the file cannot be read or decoded
     */
    boolean next() throws IOException;

    byte[] array();

    int bodyOffset();

    int bodyLength();

    /** Where to begin, in bytes, to find all events that did not come yet: behind the last one, or somewhat before. */
    long offset();

    /** True if it is certain that no event comes any more. */
    boolean isAtEnd();

    /** Headers of all events of the file. */
    default Map<String, String> headers() {
        return Map.of();
    }
}
