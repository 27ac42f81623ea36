package org.millrace.shipper;

import java.io.IOException;
import org.millrace.codec.EventBatch;

/** Where batches go. The shipper's thread only, but for {@link #isOwnThread}. */
interface Outlet extends AutoCloseable {
    /**
     * Sends a batch and waits until it is stored.
     *
     * @param batch lent
     * @throws IOException if it may not be
     */
    void send(EventBatch batch) throws IOException, InterruptedException;

    /** True for a thread that a batch needs to get on: what it logs must not wait for the buffer, nor fill it. */
    boolean isOwnThread();

    @Override
    void close();
}
