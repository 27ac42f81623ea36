package org.millrace.durable;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/**
 * Batches of late, by the sequence of their first event, for readers that keep up: shared by all, and gone once all have passed. Where
 * there is no room it is left to the disk; readers are first in, first out, so the oldest stay and the newest are not taken up. Owns
 * one reference to each batch. Guarded by the channel's lock.
 */
final class TailCache {
    private final long mostBytes;
    private final CacheShare share;
    private final TreeMap<Long, EventBatch> batches = new TreeMap<>();
    private long memoryBytes;

    /**
     * @param mostBytes of memory that the batches hold; 0: keep none
     * @param share likewise, and it changes as channels come and go
     */
    TailCache(long mostBytes, CacheShare share) {
        this.mostBytes = mostBytes;
        this.share = share;
    }

    /** What the batches hold of the heap. */
    long memoryBytes() {
        return memoryBytes;
    }

    /**
     * Takes up a batch that is newer than all others, if there is room.
     *
     * @param batch taken over
     * @param furthest up to where the reader that is ahead of all others has taken: what lies before it makes room, since those behind
     *     have been reading from the disk anyway
     */
    void add(long sequence, EventBatch batch, long furthest) {
        long more = batch.memoryBytes();
        long most = Math.min(mostBytes, share.mostBytes());
        while (memoryBytes + more > most && endsBefore(furthest)) {
            forget(batches.pollFirstEntry());
        }
        if (memoryBytes + more > most) {
            batch.release();
        } else {
            batches.put(sequence, batch);
            memoryBytes += more;
        }
    }

    /**
     * The events from a sequence on, up to the end of their batch.
     *
     * @return null if they are not here; the caller owns it
     */
    @Nullable
    EventBatch from(long sequence) {
        Map.Entry<Long, EventBatch> entry = batches.floorEntry(sequence);
        if (entry == null || endOf(entry) <= sequence) {
            return null;
        }
        EventBatch batch = entry.getValue().retain();
        int before = (int) (sequence - entry.getKey());
        if (before == 0) {
            return batch;
        }
        EventBatch.Split parts = batch.split(before);
        parts.head().release();
        return parts.tail();
    }

    /** All readers have passed the sequence. */
    void forgetBefore(long sequence) {
        while (endsBefore(sequence)) {
            forget(batches.pollFirstEntry());
        }
    }

    void clear() {
        forgetBefore(Long.MAX_VALUE);
    }

    /** True if the oldest batch ends there or before. */
    private boolean endsBefore(long sequence) {
        Map.Entry<Long, EventBatch> first = batches.firstEntry();
        return first != null && endOf(first) <= sequence;
    }

    private void forget(Map.Entry<Long, EventBatch> entry) {
        memoryBytes -= entry.getValue().memoryBytes();
        entry.getValue().release();
    }

    private static long endOf(Map.Entry<Long, EventBatch> entry) {
        return entry.getKey() + entry.getValue().events();
    }
}
