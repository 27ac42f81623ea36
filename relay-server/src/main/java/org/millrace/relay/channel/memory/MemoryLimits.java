package org.millrace.relay.channel.memory;

import org.millrace.api.Settings;
import org.millrace.api.support.EventCapacity;

/**
 * How much a memory channel holds.
 *
 * @param room in events
 * @param bodyBytes event bodies: {@code byteCapacity} less the share that is kept for headers
 * @param heapBytes bodies and headers together. Flume has no such limit; without it headers could fill the heap
 */
record MemoryLimits(EventCapacity room, long bodyBytes, long heapBytes) {
    static final String BYTE_CAPACITY = "byteCapacity";
    private static final String BYTE_BUFFER = "byteCapacityBufferPercentage";
    private static final int DEFAULT_EVENTS = 100;
    /** Flume takes less for no limit at all. */
    private static final int LEAST_BODY_BYTES = 100;

    /** @param maxHeapBytes what the JVM may use; 80 % of it is the default for bytes */
    static MemoryLimits read(Settings settings, long maxHeapBytes) {
        return read(settings, maxHeapBytes, EventCapacity.read(settings, DEFAULT_EVENTS, DEFAULT_EVENTS));
    }

    /** @param room as it was read */
    static MemoryLimits read(Settings settings, long maxHeapBytes, EventCapacity room) {
        long mostHeap = maxHeapBytes / 10 * 8;
        long byteCapacity = settings.number(BYTE_CAPACITY, 0, Long.MAX_VALUE)
                .about("bytes of events that fit in, a share of it kept for headers; 0 for no limit of its own")
                .byDefault("80 % of the heap")
                .orElse(mostHeap);
        int headerPercent = settings.integer(BYTE_BUFFER, 0, 99)
                .about("per cent of byteCapacity that are kept for headers")
                .orElse(20);
        long bodyBytes = byteCapacity == 0 ? Long.MAX_VALUE : (long) (byteCapacity * (1 - headerPercent / 100.0));
        if (bodyBytes < LEAST_BODY_BYTES) {
            settings.problem(
                    BYTE_CAPACITY,
                    byteCapacity + " (expected: 0 for no limit of its own, or enough to leave " + LEAST_BODY_BYTES
                            + " bytes once " + headerPercent + " % are kept for headers)");
        }
        return new MemoryLimits(room, bodyBytes, Math.max(byteCapacity, mostHeap));
    }

    /** In events. */
    int capacity() {
        return room.events();
    }

    int transactionCapacity() {
        return room.transactionEvents();
    }
}
