package org.millrace.api.support;

import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /**
     * What was taken is delivered. The batches stay with the caller.
     *
     * @throws org.millrace.api.ChannelException if that cannot be kept: then they are not delivered
     */
    void forget(Deque<T> delivered, Map<String, byte[]> toAttach) throws InterruptedException;

    /** What was taken stands at the head again, in its order. Takes the batches over and empties the deque. */
    void putBack(Deque<T> taken);
}
