package org.millrace.serializer;

import java.io.IOException;
import java.io.OutputStream;
import org.millrace.codec.EventReader;

/** Turns events into the bytes of a stream file, before any compression of the whole file. Immutable, thread-safe. */
public interface EventSerializer {
    /**
     * Begins a file. The stream belongs to the caller.
     *
     * @param bodySchema of the bodies that go into the file, as JSON; empty where the serializer asks for none
     */
    Serialization begin(OutputStream out, String bodySchema) throws IOException;

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
