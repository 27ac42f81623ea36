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

    private final TailCache cache = new TailCache(MOST_BYTES);
    private final ReleaseCheck releases = new ReleaseCheck();

    @AfterEach
    void everythingIsGivenBack() {
        cache.clear();
        releases.assertAllReleased();
        assertThat(cache.memoryBytes()).isZero();
    }

    @Test
    void holdsNoMoreMemoryThanItMayHoweverSmallTheBatches() {
        int batches = 5000;
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int sequence = 0; sequence < batches; sequence++) {
                add(sequence, builder.add(Map.of(), new byte[300]).build());
            }
        }
        assertThat(heldBytes(batches)).isBetween(MOST_BYTES / 2, MOST_BYTES);
        assertThat(cache.memoryBytes()).isEqualTo(heldBytes(batches));
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

    private void add(long sequence, EventBatch batch) {
        cache.add(sequence, releases.watch(batch), 0);
    }

    /** By all batches that are there. */
    private long heldBytes(int batches) {
        long bytes = 0;
        for (int sequence = 0; sequence < batches; sequence++) {
            EventBatch batch = cache.from(sequence);
            if (batch != null) {
                bytes += batch.memoryBytes();
                batch.release();
            }
        }
        return bytes;
    }
}
