package org.millrace.hdfs;

import java.io.IOException;
import java.io.OutputStream;
import org.millrace.codec.EventReader;

/** Turns events into the bytes of a stream file, before any compression of the whole file. Immutable, thread-safe. */
interface EventSerializer {
    /** Begins a file of the bucket. The stream belongs to the caller. */
    Serialization begin(OutputStream out, BucketId bucket) throws IOException;

    /** The events of one file. One thread at a time. */
    interface Serialization {
        /** Adds the event that the reader stands on. */
        void append(EventReader event) throws IOException;

        /** Hands on what it gathered: all events so far can be read from the bytes that came out, and it holds no memory. */
        void endBatch() throws IOException;

        /** Drops what it gathered and gives its memory back. */
        void discard();
    }
}
