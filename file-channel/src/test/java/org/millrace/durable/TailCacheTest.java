package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.testkit.ReleaseCheck;

class TailCacheTest {
    private static final long MOST_BYTES = 256 << 10;
    private static final int BATCHES = 5000;

    private final CacheShare share = new CacheShare(2 * MOST_BYTES);
    private final TailCache cache = new TailCache(MOST_BYTES, share);
    private final ReleaseCheck releases = new ReleaseCheck();

    @AfterEach
    void everythingIsGivenBack() {
        cache.clear();
        releases.assertAllReleased();
        assertThat(cache.memoryBytes()).isZero();
    }

    @Test
    void holdsNoMoreMemoryThanItMayHoweverSmallTheBatches() {
        addMany();
        assertThat(heldBytes()).isBetween(MOST_BYTES / 2, MOST_BYTES);
        assertThat(cache.memoryBytes()).isEqualTo(heldBytes());
    }

    @Test
    void holdsNoMoreThanItsShareWithOthers() {
        for (int others = 0; others < 7; others++) {
            share.join();
        }
        share.join();
        addMany();
        assertThat(heldBytes()).isBetween(MOST_BYTES / 8, MOST_BYTES / 4);
    }

    @Test
    void itsShareGrowsAgainWhenOthersGo() {
        share.join();
        for (int others = 0; others < 7; others++) {
            share.join();
        }
        for (int others = 0; others < 7; others++) {
            share.leave();
        }
        addMany();
        assertThat(heldBytes()).isBetween(MOST_BYTES / 2, MOST_BYTES);
    }

    @Test
    void aPartOfALargerBatchCountsForAllThatItHolds() {
        EventBatch.Split parts;
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            builder.add(Map.of(), new byte[10]).add(Map.of(), new byte[2 * (int) MOST_BYTES]);
            parts = builder.build().split(1);
        }
        parts.tail().release();
        add(0, parts.head());
        assertThat(cache.from(0)).as("left to the disk").isNull();
    }

    /** Small ones. */
    private void addMany() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int sequence = 0; sequence < BATCHES; sequence++) {
                add(sequence, builder.add(Map.of(), new byte[300]).build());
            }
        }
    }

    private void add(long sequence, EventBatch batch) {
        cache.add(sequence, releases.watch(batch), 0);
    }

    /** By all batches that are there. */
    private long heldBytes() {
        long bytes = 0;
        for (int sequence = 0; sequence < BATCHES; sequence++) {
            EventBatch batch = cache.from(sequence);
            if (batch != null) {
                bytes += batch.memoryBytes();
                batch.release();
            }
        }
        return bytes;
    }
}
