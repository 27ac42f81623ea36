package org.millrace.relay.channel.memory;

import org.jspecify.annotations.Nullable;
import org.millrace.api.support.EventCapacity;
import org.millrace.api.support.Put;

/**
 * How much of a channel is taken up: by what is stored, and by what sinks have taken and not yet committed. Guarded by the channel's
 * lock.
 */
final class Room {
    private final String keyPrefix;
    private final MemoryLimits limits;

    private long events;
    private long bodyBytes;
    private long encodedBytes;

    /** @param keyPrefix of the channel's keys, such as {@code a1.channels.c1.}, for messages that name one */
    Room(String keyPrefix, MemoryLimits limits) {
        this.keyPrefix = keyPrefix;
        this.limits = limits;
    }

    boolean fits(Put put) {
        return put.events() <= limits.capacity() - events
                && put.bodyBytes() <= limits.bodyBytes() - bodyBytes
                && put.encodedBytes() <= limits.heapBytes() - encodedBytes;
    }

    void occupy(Put put) {
        events += put.events();
        bodyBytes += put.bodyBytes();
        encodedBytes += put.encodedBytes();
    }

    void free(long freedEvents, long freedBodyBytes, long freedEncodedBytes) {
        events -= freedEvents;
        bodyBytes -= freedBodyBytes;
        encodedBytes -= freedEncodedBytes;
    }

    /** Over nine tenths full, by any measure: sources should stop. */
    boolean isHigh() {
        return fill() >= 0.9;
    }

    /** Under eight tenths by all measures: sources may go on. */
    boolean isLow() {
        return fill() <= 0.8;
    }

    long events() {
        return events;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    double byteFillPercentage() {
        return 100.0 * Math.max((double) bodyBytes / limits.bodyBytes(), (double) encodedBytes / limits.heapBytes());
    }

    /** Why a put will never fit, not even into an empty channel; null if it will. Needs no lock. */
    @Nullable
    String neverFits(Put put) {
        if (put.events() > limits.transactionCapacity()) {
            return put.events() + " events at once (expected: at most " + limits.transactionCapacity() + "; raise "
                    + keyPrefix + EventCapacity.TRANSACTION_CAPACITY + ", or lower the sender's batch size)";
        }
        if (put.bodyBytes() > limits.bodyBytes() || put.encodedBytes() > limits.heapBytes()) {
            return put.encodedBytes() + " bytes at once, " + put.bodyBytes() + " of them bodies (expected: at most "
                    + limits.heapBytes() + " and " + limits.bodyBytes() + "; raise " + keyPrefix
                    + MemoryLimits.BYTE_CAPACITY + ")";
        }
        return null;
    }

    /** What it is that a put finds no room for, and which key to raise. */
    String shortage(Put put) {
        if (put.events() > limits.capacity() - events) {
            return "no room for " + put.events() + " events, " + events + " of " + limits.capacity()
                    + " are there (drain it faster, or raise " + keyPrefix + EventCapacity.CAPACITY + ")";
        }
        if (put.bodyBytes() > limits.bodyBytes() - bodyBytes) {
            return "no room for " + put.bodyBytes() + " bytes of event bodies, " + bodyBytes + " of "
                    + limits.bodyBytes() + " are there (drain it faster, or raise " + keyPrefix
                    + MemoryLimits.BYTE_CAPACITY + ")";
        }
        if (put.encodedBytes() > limits.heapBytes() - encodedBytes) {
            return "no room for " + put.encodedBytes() + " bytes of events with headers, " + encodedBytes + " of "
                    + limits.heapBytes() + " are there (drain it faster, or raise the agent's heap)";
        }
        return "no room for " + put.events() + " events while others wait (drain it faster, or raise " + keyPrefix
                + EventCapacity.CAPACITY + ")";
    }

    private double fill() {
        return Math.max((double) events / limits.capacity(), byteFillPercentage() / 100.0);
    }
}
