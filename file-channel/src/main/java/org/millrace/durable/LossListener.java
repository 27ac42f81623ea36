package org.millrace.durable;

import org.millrace.durable.format.EventRange;

/** Told of events that a reader will never get. */
@FunctionalInterface
interface LossListener {
    /**
     * Called without the channel's lock.
     *
     * @param why for the log, names the file
     */
    void lost(String reader, EventRange events, String why);
}
