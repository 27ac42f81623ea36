package org.millrace.durable;

import org.jspecify.annotations.Nullable;
import org.millrace.api.support.EventCapacity;
import org.millrace.api.support.Put;
import org.millrace.durable.log.Log;

/**
 * How much of a channel is taken up: by events in the log, by puts on their way, and by the disk. Guarded by the channel's lock, but
 * for {@link #neverFits} and {@link #neverFitsTheLog}.
 */
final class LogRoom {
    private final String keyPrefix;
    private final ChannelLimits limits;
    private final Log log;
    private final Backlog backlog;

    /** @param keyPrefix of the channel's keys, such as {@code a1.channels.c1.}, for messages that name one */
    LogRoom(String keyPrefix, ChannelLimits limits, Log log, Backlog backlog) {
        this.keyPrefix = keyPrefix;
        this.limits = limits;
        this.log = log;
        this.backlog = backlog;
    }

    boolean fits(Put put) {
        return put.events() <= limits.capacity() - backlog.eventsWithInFlight()
                && put.encodedBytes() <= limits.byteCapacity() - backlog.encodedBytes()
                && (backlog.inFlightMemoryBytes() == 0
                        || Backlog.memoryBytes(put) <= limits.inFlightBytes() - backlog.inFlightMemoryBytes())
                && !log.isFull();
    }

    /** Over nine tenths full, by any measure: sources should stop. */
    boolean isHigh() {
        return fill() >= 0.9 || log.isFull();
    }

    /** Under eight tenths by all measures: sources may go on. */
    boolean isLow() {
        return fill() <= 0.8 && !log.isFull();
    }

    double byteFillPercentage() {
        return 100.0 * backlog.encodedBytes() / limits.byteCapacity();
    }

    /** Why a put will never fit, not even into an empty channel; null if it will. Needs no lock. */
    static @Nullable String neverFits(Put put, ChannelLimits limits, String keyPrefix) {
        if (put.events() > limits.transactionCapacity()) {
            return put.events() + " events at once (expected: at most " + limits.transactionCapacity() + "; raise "
                    + keyPrefix + EventCapacity.TRANSACTION_CAPACITY + ", or lower the sender's batch size)";
        }
        if (put.encodedBytes() > limits.byteCapacity()) {
            return put.encodedBytes() + " bytes at once (expected: at most " + limits.byteCapacity() + "; raise "
                    + keyPrefix + FileChannelSettings.BYTE_CAPACITY + ")";
        }
        if (put.encodedBytes() >= limits.segmentBytes()) {
            return put.encodedBytes() + " bytes at once (expected: less than a segment of " + limits.segmentBytes()
                    + "; raise " + keyPrefix + FileChannelSettings.SEGMENT_SIZE + ")";
        }
        return null;
    }

    /** As {@link #neverFits}, for one that the log itself never takes. Needs no lock. */
    @Nullable
    String neverFitsTheLog(Put put) {
        return log.neverTakes(put.events(), put.encodedBytes())
                ? put.encodedBytes() + " bytes at once (expected: less than a segment of " + limits.segmentBytes()
                        + " has behind the positions and what sinks attach to them; raise " + keyPrefix
                        + FileChannelSettings.SEGMENT_SIZE + ")"
                : null;
    }

    /** What it is that a put finds no room for, and what to do about it. */
    String shortage(Put put) {
        long events = backlog.eventsWithInFlight();
        if (put.events() > limits.capacity() - events) {
            return "no room for " + put.events() + " events, " + events + " of " + limits.capacity()
                    + " are there (drain it faster, or raise " + keyPrefix + EventCapacity.CAPACITY + ")";
        }
        if (put.encodedBytes() > limits.byteCapacity() - backlog.encodedBytes()) {
            return "no room for " + put.encodedBytes() + " bytes of events, " + backlog.encodedBytes() + " of "
                    + limits.byteCapacity() + " are there (drain it faster, or raise " + keyPrefix
                    + FileChannelSettings.BYTE_CAPACITY + ")";
        }
        if (log.isFull()) {
            return "no room on the disk, of which " + limits.reserveBytes()
                    + " bytes are left alone (drain it faster, free some of the disk, or lower " + keyPrefix
                    + FileChannelSettings.RESERVE + ")";
        }
        if (Backlog.memoryBytes(put) > limits.inFlightBytes() - backlog.inFlightMemoryBytes()) {
            return backlog.inFlightMemoryBytes()
                    + " bytes of memory hold events that are on their way to the disk, and it does not take"
                    + " them faster (use a faster disk, or raise the agent's heap)";
        }
        return "no room for " + put.events() + " events while others wait (drain it faster, or raise " + keyPrefix
                + EventCapacity.CAPACITY + ")";
    }

    private double fill() {
        double events = (double) backlog.eventsWithInFlight() / limits.capacity();
        double inFlight = (double) backlog.inFlightMemoryBytes() / limits.inFlightBytes();
        return Math.max(Math.max(events, inFlight), byteFillPercentage() / 100.0);
    }
}
