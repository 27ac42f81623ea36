package org.millrace.durable.tool;

import java.io.IOException;
import org.millrace.codec.EventReader;

/** Where the events go that a command reads. One thread. */
interface EventSink {
    /**
     * @param sequence of the event
     * @param epochMillis when it was put, within a group
     * @param event stands on it
     * @return false to have no more
     */
    boolean accept(long sequence, long epochMillis, EventReader event) throws IOException;
}
