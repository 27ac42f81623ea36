package org.millrace.api;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/** A source's way into its channels: interceptors, then the selector, then the channels. Thread-safe. */
public interface Inlet {
    /**
     * Sends a batch on its way without blocking.
     *
     * @param batch taken over, whatever comes of it
     * @return completes once every required channel has the batch safely; otherwise with a {@link ChannelException}, or with what an
     *     interceptor threw. It may complete on any thread, which must not be held up
     */
    CompletableFuture<Void> submit(EventBatch batch);

    /**
     * As {@link #submit}, by a thread that has more batches at hand, and calls {@link #flush} behind the last of them: until then
     * channels may gather what costs the same for many as for one.
     */
    default CompletableFuture<Void> submitUnflushed(EventBatch batch) {
        return submit(batch);
    }

    /**
     * As {@link #submitUnflushed(EventBatch)}, for events that their sender has numbered: see {@link
     * Channel#submitUnflushed(EventBatch, Origin)}. The numbers reach a channel only where all of the batch does: an interceptor that drops
     * events, or a selector that parts them, makes them void.
     *
     * @param origin of the first event; null if nobody numbered them
     */
    default CompletableFuture<Void> submitUnflushed(EventBatch batch, @Nullable Origin origin) {
        return submitUnflushed(batch);
    }

    /** To be called soon after {@link #submitUnflushed}, once for any number of batches. */
    default void flush() {}

    /**
     * The same for a thread of the source's own: returns once every required channel has the batch.
     *
     * @param batch taken over, whatever comes of it
     * @throws ChannelException if a required channel does not have it; to put the same events again is safe, if not free of copies
     */
    void put(EventBatch batch) throws InterruptedException;

    /**
     * False while events are on their way of which {@link #submit} no longer tells: those for optional channels, which get theirs after the
     * required ones.
     */
    default boolean isSettled() {
        return true;
    }

    /** False while a required channel wants the source to stop reading; all of them, where one passes over those that are full. */
    boolean hasRoom();

    /** Runs the action once, on any thread, when {@link #hasRoom} is true again; at once if it is. The action must not block. */
    void onRoom(Runnable action);
}
