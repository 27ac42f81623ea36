package org.millrace.relay.channel.memory;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;

/**
 * How much a memory channel holds.
 *
 * @param capacity events, at least 1
 * @param transactionCapacity events of one transaction, and so of one batch; 1 to {@code capacity}
 * @param keepAlive how long a put waits for room; 0: not at all
 * @param bodyBytes event bodies: {@code byteCapacity} less the share that is kept for headers
 * @param heapBytes bodies and headers together. Flume has no such limit; without it headers could fill the heap
 */
record MemoryLimits(int capacity, int transactionCapacity, Duration keepAlive, long bodyBytes, long heapBytes) {
    static final String CAPACITY = "capacity";
    static final String TRANSACTION_CAPACITY = "transactionCapacity";
    static final String BYTE_CAPACITY = "byteCapacity";
    private static final String BYTE_BUFFER = "byteCapacityBufferPercentage";
    private static final int DEFAULT_EVENTS = 100;
    /** Flume takes less for no limit at all. */
    private static final int LEAST_BODY_BYTES = 100;

    MemoryLimits {
        if (transactionCapacity < 1 || transactionCapacity > capacity) {
            throw new IllegalArgumentException(
                    TRANSACTION_CAPACITY + ": " + transactionCapacity + " (expected: 1 to " + capacity + ")");
        }
    }

    /** @param maxHeapBytes what the JVM may use; 80 % of it is the default for bytes */
    static MemoryLimits read(Settings settings, long maxHeapBytes) {
        int capacity = settings.integer(CAPACITY, 1, Integer.MAX_VALUE).orElse(DEFAULT_EVENTS);
        int perTransaction = transactionCapacity(settings, capacity);
        Duration keepAlive = settings.duration("keep-alive", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .orElse(Duration.ofSeconds(3));
        long mostHeap = maxHeapBytes / 10 * 8;
        long byteCapacity = settings.number(BYTE_CAPACITY, 0, Long.MAX_VALUE).orElse(mostHeap);
        int headerPercent = settings.integer(BYTE_BUFFER, 0, 99).orElse(20);
        long bodyBytes = byteCapacity == 0 ? Long.MAX_VALUE : (long) (byteCapacity * (1 - headerPercent / 100.0));
        if (bodyBytes < LEAST_BODY_BYTES) {
            settings.problem(
                    BYTE_CAPACITY,
                    byteCapacity + " (expected: 0 for no limit of its own, or enough to leave " + LEAST_BODY_BYTES
                            + " bytes once " + headerPercent + " % are kept for headers)");
        }
        return new MemoryLimits(capacity, perTransaction, keepAlive, bodyBytes, Math.max(byteCapacity, mostHeap));
    }

    private static int transactionCapacity(Settings settings, int capacity) {
        boolean given = settings.has(TRANSACTION_CAPACITY);
        int events =
                settings.integer(TRANSACTION_CAPACITY, 1, Integer.MAX_VALUE).orElse(DEFAULT_EVENTS);
        if (events <= capacity) {
            return events;
        }
        settings.problem(
                given ? TRANSACTION_CAPACITY : CAPACITY,
                given
                        ? events + " (expected: at most capacity, which is " + capacity + ")"
                        : capacity + " (expected: at least transactionCapacity, which is " + events
                                + " unless set: set it to " + capacity + " or less)");
        return capacity;
    }
}
