package org.millrace.api.support;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/** What a {@link ChannelTransaction} asks of its channel. Thread-safe. */
public interface Exchange<T extends TakenBatch> {
    /** Of the channel, for messages. */
    String name();

    /** As {@link org.millrace.api.ChannelReader#transactionCapacity}. */
    int transactionCapacity();

    /** Returns once the put is safe. Takes the put over. */
    void putAndWait(Put put) throws InterruptedException;

    /** The oldest events, at most so many; null if there are none. The caller owns the batch and gives account of it later. */
    @Nullable
    T takeHead(int maxEvents);

    /** As {@link org.millrace.api.Transaction#origin}. */
    default @Nullable Origin originOf(T taken) {
        return null;
    }

    /**
     * Part of what was taken, so that another transaction can give account of it.
     *
     * @param skipped events before it
     * @param part goes with what is returned
     */
    T part(T whole, int skipped, EventBatch part);

    /**
     * What was taken is delivered. The batches stay with the caller.
     *
     * @param durably whether to return only once that is as safe as a put
     * @throws org.millrace.api.ChannelException if that cannot be kept: then they are not delivered
     */
    void forget(List<T> delivered, Map<String, byte[]> toAttach, boolean durably) throws InterruptedException;

    /** What was taken stands at the head again, in its order. Takes the batches over. */
    void putBack(List<T> taken);
}
