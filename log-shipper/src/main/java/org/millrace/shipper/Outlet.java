package org.millrace.shipper;

import java.io.IOException;
import org.millrace.codec.EventBatch;

/** Where batches go. The shipper's thread only. */
interface Outlet extends AutoCloseable {
    /**
     * Sends a batch and waits until it is stored.
     *
     * @param batch lent
     * @throws RefusedException if it is not, and a relay has said so
     * @throws IOException if it may not be
     */
    void send(EventBatch batch) throws IOException, InterruptedException;

    @Override
    void close();
}
