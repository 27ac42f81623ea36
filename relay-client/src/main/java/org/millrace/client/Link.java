package org.millrace.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.millrace.codec.EventBatch;

/** A connection as those see it who only send over it: see {@link RelayConnection}, which is one. */
interface Link {
    RelayAddress peer();

    boolean isOpen();

    /**
     * Sends one call.
     *
     * @param batches lent
     * @return completes as {@link RelayConnection#append} says
     */
    CompletableFuture<Void> append(List<EventBatch> batches);

    /** Closes once every call is answered. */
    CompletableFuture<Void> finish();

    /** Closes now. */
    void close();

    /** Makes them. */
    interface Maker {
        /** Does not block. Completes with a link, or with a {@link RelayException}. */
        CompletableFuture<Link> connect(RelayAddress host);
    }
}
