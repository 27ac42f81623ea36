package org.millrace.load;

import org.millrace.codec.EventBatch;

/** Makes what is sent. The sender's thread. */
interface Events extends AutoCloseable {
    /**
     * A batch.
     *
     * @param first the number of its first event; the others count on from it
     * @return the caller owns it
     */
    EventBatch batch(long first, int events);

    @Override
    default void close() {}
}
