package org.millrace.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/** A connection as those see it who only send over it: see {@link RelayConnection}, which is one. */
interface Link {
    RelayAddress peer();

    boolean isOpen();

    /**
     * Sends one call.
     *
     * @param batches lent
     * @param origin of the first event
     * @return completes as {@link RelayConnection#append} says
     */
    CompletableFuture<Void> append(List<EventBatch> batches, @Nullable Origin origin);

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
