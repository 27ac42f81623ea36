package org.millrace.durable.tool;

import java.io.IOException;
import org.millrace.codec.EventReader;

/** Where the events go that a command reads. One thread. */
@FunctionalInterface
interface EventSink {
    /**
     * @param sequence of the event
     * @param epochMillis when it was put, within a group
     * @param event stands on it
     * @return false to have no more
     */
    boolean accept(long sequence, long epochMillis, EventReader event) throws IOException;

    /** Has enough after so many, at least one. */
    final class Limited implements EventSink {
        private final EventSink sink;
        private long left;

        Limited(long most, EventSink sink) {
            this.left = most;
            this.sink = sink;
        }

        @Override
        public boolean accept(long sequence, long epochMillis, EventReader event) throws IOException {
            left--;
            return sink.accept(sequence, epochMillis, event) && left > 0;
        }
    }
}
