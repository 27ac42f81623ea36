package org.millrace.durable;

import org.millrace.api.support.EventCapacity;

/**
 * How much a channel holds.
 *
 * @param room in events
 * @param byteCapacity of all events as encoded; {@link Long#MAX_VALUE} for no limit but the disk's
 * @param segmentBytes size of a file of the log: one put cannot be larger
 * @param reserveBytes left free on the disk, for the message when that is what limits
 * @param inFlightBytes of memory that events on their way into the log may hold
 * @param waitingBytes that may wait for room
 * @param cacheBytes of memory that the newest events, kept for readers, may hold
 * @param cacheShare likewise, of all channels that have a share of it
 */
record ChannelLimits(
        EventCapacity room,
        long byteCapacity,
        long segmentBytes,
        long reserveBytes,
        long inFlightBytes,
        long waitingBytes,
        long cacheBytes,
        CacheShare cacheShare) {
    /** With a cache of its own. */
    ChannelLimits(
            EventCapacity room,
            long byteCapacity,
            long segmentBytes,
            long reserveBytes,
            long inFlightBytes,
            long waitingBytes,
            long cacheBytes) {
        this(
                room,
                byteCapacity,
                segmentBytes,
                reserveBytes,
                inFlightBytes,
                waitingBytes,
                cacheBytes,
                CacheShare.unlimited());
    }

    /** In events. */
    int capacity() {
        return room.events();
    }

    int transactionCapacity() {
        return room.transactionEvents();
    }

    /** Of what sinks attach to the positions, all together: each segment begins with it, and puts must find room beside it. */
    long mostAttachedBytes() {
        return segmentBytes / 2;
    }
}
