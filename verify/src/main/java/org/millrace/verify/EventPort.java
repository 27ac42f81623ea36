package org.millrace.verify;

import java.io.Closeable;
import java.io.IOException;
import org.millrace.codec.EventBatch;

/** Listens for events, as an agent's Avro source does. */
public interface EventPort {
    /**
     * Opens a port.
     *
     * @param taker gets each batch, on any thread, and is done with it when it returns: then the batch is acked
     * @return closes the port, once what came in is answered
     * @throws IOException if it is taken, say
     */
    Closeable listen(String host, int port, Taker taker) throws IOException;

    /** Takes what comes in. */
    interface Taker {
        /** @param batch lent */
        void take(EventBatch batch);
    }
}
