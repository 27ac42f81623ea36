package org.millrace.relay.channel.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/** The batches in a channel, oldest first, without those that sinks have taken. Owns them. Guarded by the channel's lock. */
final class StoredBatches {
    private final Deque<StoredBatch> batches = new ArrayDeque<>();
    private long events;

    boolean isEmpty() {
        return batches.isEmpty();
    }

    long events() {
        return events;
    }

    @Nullable
    StoredBatch oldest() {
        return batches.peekFirst();
    }

    /** Takes the batch over. */
    void add(EventBatch batch, long nowNanos) {
        if (batch.isEmpty()) {
            batch.release(); // a take promises events
        } else {
            batches.addLast(new StoredBatch(batch, nowNanos));
            events += batch.events();
        }
    }

    /** The oldest batch, or as much of it as was asked for; null if there is none. The caller owns it. */
    @Nullable
    StoredBatch take(int maxEvents) {
        StoredBatch head = batches.pollFirst();
        if (head != null && head.batch().events() > maxEvents) {
            EventBatch.Split parts = head.batch().split(maxEvents);
            batches.addFirst(new StoredBatch(parts.tail(), head.arrivedNanos()));
            head = new StoredBatch(parts.head(), head.arrivedNanos());
        }
        if (head != null) {
            events -= head.batch().events();
        }
        return head;
    }

    /** Takes the batch over; it is the oldest again. */
    void putBack(StoredBatch taken) {
        batches.addFirst(taken);
        events += taken.batch().events();
    }

    /** @return how many events there were */
    long releaseAll() {
        long released = events;
        batches.forEach(stored -> stored.batch().release());
        batches.clear();
        events = 0;
        return released;
    }
}
