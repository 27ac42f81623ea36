package org.millrace.relay.channel.memory;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/** The batches in a channel, oldest first, without those that sinks have taken. Owns them. Guarded by the channel's lock. */
final class StoredBatches {
    /** Never taken. */
    private final Deque<StoredBatch> batches = new ArrayDeque<>();
    /** Before those, by sequence: rolled back, or the rest of a batch. */
    private final TreeMap<Long, StoredBatch> ready = new TreeMap<>();

    private long nextSequence;
    private long events;

    boolean isEmpty() {
        return batches.isEmpty() && ready.isEmpty();
    }

    long events() {
        return events;
    }

    @Nullable
    StoredBatch oldest() {
        return ready.isEmpty() ? batches.peekFirst() : ready.firstEntry().getValue();
    }

    /** Takes the batch over. */
    void add(EventBatch batch, long nowNanos) {
        if (batch.isEmpty()) {
            batch.release(); // a take promises events
        } else {
            batches.addLast(new StoredBatch(batch, nextSequence, nowNanos));
            nextSequence += batch.events();
            events += batch.events();
        }
    }

    /** The oldest batch, or as much of it as was asked for; null if there is none. The caller owns it. */
    @Nullable
    StoredBatch take(int maxEvents) {
        Map.Entry<Long, StoredBatch> first = ready.pollFirstEntry();
        StoredBatch head = first == null ? batches.pollFirst() : first.getValue();
        if (head != null && head.batch().events() > maxEvents) {
            EventBatch.Split parts = head.batch().split(maxEvents);
            StoredBatch rest = head.part(maxEvents, parts.tail());
            ready.put(rest.sequence(), rest);
            head = head.part(0, parts.head());
        }
        if (head != null) {
            events -= head.batch().events();
        }
        return head;
    }

    /** Takes the batch over; it stands where it stood. */
    void putBack(StoredBatch taken) {
        ready.put(taken.sequence(), taken);
        events += taken.batch().events();
    }

    /** @return how many events there were */
    long releaseAll() {
        long released = events;
        ready.values().forEach(stored -> stored.batch().release());
        batches.forEach(stored -> stored.batch().release());
        ready.clear();
        batches.clear();
        events = 0;
        return released;
    }
}
