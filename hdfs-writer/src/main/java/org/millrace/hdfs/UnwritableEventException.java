package org.millrace.hdfs;

import java.io.IOException;
import org.millrace.codec.EventReader;

/** The serializer threw at an event what it should not throw: not the file system's fault, and likely to happen again. */
final class UnwritableEventException extends IOException {
    private static final long serialVersionUID = 1;

    private final long key;

    /** @param event the reader stands on it; lent */
    UnwritableEventException(EventReader event, IOException failure) {
        super(failure.getMessage(), failure);
        this.key = UnwritableEvents.key(event);
    }

    /** Of the event, as {@link UnwritableEvents} knows it. */
    long key() {
        return key;
    }
}
