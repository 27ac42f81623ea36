package org.millrace.api.support;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/** Batches that go into a channel together or not at all; owns them until the channel takes them over. One thread at a time. */
public final class Put {
    private final List<EventBatch> batches;
    private final @Nullable Origin origin;
    private final int events;
    private final long bodyBytes;
    private final long encodedBytes;

    /** Completed without the channel's lock held. */
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    /** When it has waited long enough; set once it waits. */
    private long deadlineNanos;

    private boolean moreFollows;

    /** Takes the batches over. */
    public Put(List<EventBatch> batches) {
        this(batches, false);
    }

    /**
     * Takes the batches over.
     *
     * @param moreFollows whether a flush is to come behind this put and others
     */
    public Put(List<EventBatch> batches, boolean moreFollows) {
        this(batches, moreFollows, null);
    }

    /**
     * Takes the batches over.
     *
     * @param moreFollows whether a flush is to come behind this put and others
     * @param origin of the first event; the others count on from it. Null if nobody numbered them
     */
    public Put(List<EventBatch> batches, boolean moreFollows, @Nullable Origin origin) {
        int sumEvents = 0;
        long sumBody = 0;
        long sumEncoded = 0;
        for (EventBatch batch : batches) {
            sumEvents += batch.events();
            sumBody += batch.bodyBytes();
            sumEncoded += batch.encodedBytes();
        }
        this.batches = batches;
        this.origin = origin;
        this.events = sumEvents;
        this.bodyBytes = sumBody;
        this.encodedBytes = sumEncoded;
        this.moreFollows = moreFollows;
    }

    public List<EventBatch> batches() {
        return batches;
    }

    /** Who numbered the events, and the number of the first; null if nobody did. */
    public @Nullable Origin origin() {
        return origin;
    }

    /** Events in all batches. */
    public int events() {
        return events;
    }

    /** Bytes of all bodies. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** Bytes of all events as encoded. */
    public long encodedBytes() {
        return encodedBytes;
    }

    /** What becomes of it: completes once it is safe, or with the reason why it is not in the channel. */
    public CompletableFuture<Void> settled() {
        return settled;
    }

    /** Whether a flush is still to come. */
    public boolean moreFollows() {
        return moreFollows;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** By the time it goes in, its flush may be long past. */
    void waitUntil(long nanos) {
        deadlineNanos = nanos;
        moreFollows = false;
    }

    /** Gives the batches back that will not go in. */
    public void release() {
        batches.forEach(EventBatch::release);
    }
}
