package org.millrace.api.part;

import java.io.IOException;
import java.io.OutputStream;
import org.millrace.codec.EventReader;

/**
 * Turns events into the bytes of a file, before any compression of the whole file. Immutable, thread-safe: files of one sink are written side
 * by side.
 */
public interface EventSerializer {
    /**
     * Begins a file.
     *
     * @param out the sink's, which closes it; may be written to until the file ends. A flush makes nothing visible; it tells that work goes
     *     on, and is worth it before and after what takes a tenth of a second and more
     * @throws IOException as the stream does
     */
    Serialization begin(OutputStream out) throws IOException;

    /**
     * Asked for each event before it is taken over: one that can never be written goes to the dead letters, and holds up nobody.
     *
     * @param event lent; the reader stands on it
     * @throws RefusedEventException if the event cannot be written
     */
    default void check(EventReader event) throws RefusedEventException {
        // what is not checked can be written
    }

    /**
     * The events of one file. One thread at a time. After a crash a file may be cut back to where a batch ended: up to there it has to be
     * whole, so there is nothing that ends a file.
     */
    interface Serialization {
        /**
         * Adds an event.
         *
         * @param event lent; the reader stands on it
         * @throws IOException as the stream does: the batch is written again, to another file
         */
        void append(EventReader event) throws IOException;

        /**
         * Hands on what it gathered: all events so far can be read from the bytes that came out, and it holds no memory.
         *
         * @throws IOException as {@link #append}
         */
        void endBatch() throws IOException;

        /** Drops what it gathered since the last batch and gives its memory back. */
        void discard();
    }
}
