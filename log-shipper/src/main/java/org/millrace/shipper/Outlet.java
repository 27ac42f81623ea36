package org.millrace.shipper;

import java.io.IOException;
import org.millrace.codec.EventBatch;

/** Where batches go. The shipper's thread only. */
interface Outlet extends AutoCloseable {
    /**
     * Sends a batch and waits until it is stored.
     *
     * @param batch lent
     * @throws RefusedException if a relay that could be reached did not take it
     * @throws IOException if none could be reached
     */
    void send(EventBatch batch) throws IOException, InterruptedException;

    @Override
    void close();
}
