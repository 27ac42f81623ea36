package org.millrace.durable;

import java.time.Duration;

/**
 * How much a channel holds, and how long it waits for room.
 *
 * @param capacity events, at least 1
 * @param transactionCapacity events of one transaction, and so of one batch; 1 to {@code capacity}
 * @param keepAlive how long a put waits for room; zero: not at all
 * @param byteCapacity of all events as encoded; {@link Long#MAX_VALUE} for no limit but the disk's
 * @param segmentBytes size of a file of the log: one put cannot be larger
 * @param reserveBytes left free on the disk, for the message when that is what limits
 * @param inFlightBytes that may be on their way into the log, and so in memory
 * @param waitingBytes that may wait for room
 * @param cacheBytes of the newest events that are kept in memory for readers
 */
record ChannelLimits(
        int capacity,
        int transactionCapacity,
        Duration keepAlive,
        long byteCapacity,
        long segmentBytes,
        long reserveBytes,
        long inFlightBytes,
        long waitingBytes,
        long cacheBytes) {
    ChannelLimits {
        if (transactionCapacity < 1 || transactionCapacity > capacity) {
            throw new IllegalArgumentException(
                    "transactionCapacity: " + transactionCapacity + " (expected: 1 to " + capacity + ")");
        }
    }
}
