package org.millrace.relay.source.spool;

import java.io.IOException;
import org.millrace.api.part.FileDeserializer.Batch;
import org.millrace.api.part.FileDeserializer.FileEvents;

/** Parts a file into the bodies of events, one after another. One thread. The file belongs to the caller. */
interface EventCutter extends FileEvents {
    @Override
    default boolean read(Batch batch) throws IOException {
        while (batch.hasRoom() && next()) {
            batch.add(array(), bodyOffset(), bodyLength());
        }
        return !isAtEnd();
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

    /** True if it is certain that no event comes any more. */
    boolean isAtEnd();

    @Override
    default void close() {
        // the file is the caller's, and there is nothing else
    }
}
