package org.millrace.relay.channel.memory;

import org.jspecify.annotations.Nullable;
import org.millrace.api.support.EventCapacity;
import org.millrace.api.support.Put;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.relay.channel.heap.HeapRoom;

/**
 * How much of a channel is taken up, and what is said to a put that does not fit: see {@link HeapRoom}. Guarded by the channel's lock.
 */
final class Room {
    private final String keyPrefix;
    private final MemoryLimits limits;
    private final HeapRoom heap;

    /** @param keyPrefix of the channel's keys, such as {@code a1.channels.c1.}, for messages that name one */
    Room(String keyPrefix, MemoryLimits limits) {
        this.keyPrefix = keyPrefix;
        this.limits = limits;
        this.heap = new HeapRoom(limits.capacity(), limits.bytes());
    }

    boolean fits(Put put) {
        return heap.fits(put);
    }

    void occupy(Put put) {
        heap.occupy(put);
    }

    void free(long events, long bodyBytes, long encodedBytes) {
        heap.free(events, bodyBytes, encodedBytes);
    }

    /** Over nine tenths full, by any measure: sources should stop. */
    boolean isHigh() {
        return heap.fill() >= 0.9;
    }

    /** Under eight tenths by all measures: sources may go on. */
    boolean isLow() {
        return heap.fill() <= 0.8;
    }

    long events() {
        return heap.events();
    }

    long bodyBytes() {
        return heap.bodyBytes();
    }

    double byteFillPercentage() {
        return 100.0 * heap.byteFill();
    }

    /** Why a put will never fit, not even into an empty channel; null if it will. Needs no lock. */
    @Nullable
    String neverFits(Put put) {
        if (put.events() > limits.transactionCapacity()) {
            return put.events() + " events at once (expected: at most " + limits.transactionCapacity() + "; raise "
                    + keyPrefix + EventCapacity.TRANSACTION_CAPACITY + ", or lower the sender's batch size)";
        }
        if (heap.hasTooManyBytes(put)) {
            return put.encodedBytes() + " bytes at once, " + put.bodyBytes() + " of them bodies (expected: at most "
                    + limits.bytes().heapBytes() + " and " + limits.bytes().bodyBytes() + "; raise " + keyPrefix
                    + ByteLimits.BYTE_CAPACITY + ")";
        }
        return null;
    }

    /** What it is that a put finds no room for, and which key to raise. */
    String shortage(Put put) {
        if (!heap.hasRoomForEvents(put)) {
            return "no room for " + put.events() + " events, " + heap.events() + " of " + limits.capacity()
                    + " are there (drain it faster, or raise " + keyPrefix + EventCapacity.CAPACITY + ")";
        }
        if (!heap.hasRoomForBodies(put)) {
            return "no room for " + put.bodyBytes() + " bytes of event bodies, " + heap.bodyBytes() + " of "
                    + limits.bytes().bodyBytes() + " are there (drain it faster, or raise " + keyPrefix
                    + ByteLimits.BYTE_CAPACITY + ")";
        }
        if (!heap.hasRoomForBytes(put)) {
            return "no room for " + put.encodedBytes() + " bytes of events with headers, " + heap.encodedBytes()
                    + " of " + limits.bytes().heapBytes() + " are there (drain it faster, or raise the agent's heap)";
        }
        return "no room for " + put.events() + " events while others wait (drain it faster, or raise " + keyPrefix
                + EventCapacity.CAPACITY + ")";
    }
}
