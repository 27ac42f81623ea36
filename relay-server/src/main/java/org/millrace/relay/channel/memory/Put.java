package org.millrace.relay.channel.memory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.millrace.codec.EventBatch;

/** Batches that go into a channel together or not at all; owns them until they are in. */
final class Put {
    private final List<EventBatch> batches;
    private final int events;
    private final long bodyBytes;
    private final long encodedBytes;

    /** Completed without the channel's lock held. */
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    /** When it has waited long enough; set once it waits. */
    private long deadlineNanos;

    /** Takes the batches over. */
    Put(List<EventBatch> batches) {
        int sumEvents = 0;
        long sumBody = 0;
        long sumEncoded = 0;
        for (EventBatch batch : batches) {
            sumEvents += batch.events();
            sumBody += batch.bodyBytes();
            sumEncoded += batch.encodedBytes();
        }
        this.batches = batches;
        this.events = sumEvents;
        this.bodyBytes = sumBody;
        this.encodedBytes = sumEncoded;
    }

    List<EventBatch> batches() {
        return batches;
    }

    int events() {
        return events;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    long encodedBytes() {
        return encodedBytes;
    }

    CompletableFuture<Void> settled() {
        return settled;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    void waitUntil(long nanos) {
        deadlineNanos = nanos;
    }

    /** Gives the batches back that will not go in. */
    void release() {
        batches.forEach(EventBatch::release);
    }
}
