package org.millrace.relay.channel.heap;

import org.millrace.api.Settings;

/**
 * How many bytes of events a channel holds in memory.
 *
 * @param bodyBytes event bodies: {@code byteCapacity} less the share that is kept for headers
 * @param heapBytes bodies and headers together. Flume has no such limit; without it headers could fill the heap
 */
public record ByteLimits(long bodyBytes, long heapBytes) {
    public static final String BYTE_CAPACITY = "byteCapacity";
    private static final String BYTE_BUFFER = "byteCapacityBufferPercentage";
    /** Flume takes less for no limit at all. */
    private static final int LEAST_BODY_BYTES = 100;

    /**
     * Reads {@code byteCapacity} and {@code byteCapacityBufferPercentage}.
     *
     * @param maxHeapBytes what the JVM may use; 80 % of it is the default
     * @param where the events fit in, for the description
     */
    public static ByteLimits read(Settings settings, long maxHeapBytes, String where) {
        long mostHeap = maxHeapBytes / 10 * 8;
        long byteCapacity = settings.number(BYTE_CAPACITY, 0, Long.MAX_VALUE)
                .about("bytes of events that fit " + where
                        + ", a share of it kept for headers; 0 for no limit of its own")
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
        return new ByteLimits(bodyBytes, Math.max(byteCapacity, mostHeap));
    }
}
