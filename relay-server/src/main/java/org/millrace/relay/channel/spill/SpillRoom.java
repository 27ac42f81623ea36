package org.millrace.relay.channel.spill;

import org.jspecify.annotations.Nullable;
import org.millrace.api.support.Put;

/** How much of memory and disk is taken up, and where the next put goes. Guarded by the channel's lock. */
final class SpillRoom {
    private final SpillSettings limits;
    private final String keyPrefix;

    private long memoryEvents;
    private long bodyBytes;
    private long encodedBytes;
    private long overflowEvents;
    private boolean spilling;

    /** Where a put goes, as a whole. */
    enum Side {
        MEMORY,
        OVERFLOW
    }

    /** @param keyPrefix of the channel's keys, for messages */
    SpillRoom(SpillSettings limits, String keyPrefix) {
        this.limits = limits;
        this.keyPrefix = keyPrefix;
        this.spilling = limits.memoryEvents() == 0;
    }

    /** Null: it has to wait. */
    @Nullable
    Side sideFor(Put put) {
        if (!spilling && fitsIntoMemory(put)) {
            return Side.MEMORY;
        }
        boolean mayOverflow = spilling || limits.overflowTimeout().isZero() || neverFitsIntoMemory(put);
        return limits.canSpill() && mayOverflow && put.events() <= limits.overflowEvents() - overflowEvents
                ? Side.OVERFLOW
                : null;
    }

    private boolean fitsIntoMemory(Put put) {
        return put.events() <= limits.memoryEvents() - memoryEvents
                && put.bodyBytes() <= limits.bodyBytes() - bodyBytes
                && put.encodedBytes() <= limits.heapBytes() - encodedBytes;
    }

    private boolean neverFitsIntoMemory(Put put) {
        return put.events() > limits.memoryEvents()
                || put.bodyBytes() > limits.bodyBytes()
                || put.encodedBytes() > limits.heapBytes();
    }

    /** Why a put will never fit, anywhere; null if it will. Needs no lock. */
    @Nullable
    String neverFits(Put put) {
        if (put.events() > limits.transactionEvents()) {
            return put.events() + " events at once (expected: at most " + limits.transactionEvents() + "; raise "
                    + keyPrefix + SpillSettings.TRANSACTION_CAPACITY + ", or lower the sender's batch size)";
        }
        if (neverFitsIntoMemory(put) && put.events() > limits.overflowEvents()) {
            return put.events() + " events at once, of " + put.encodedBytes() + " bytes (expected: at most "
                    + limits.memoryEvents() + " and what fits into memory, or " + limits.overflowEvents()
                    + "; raise " + keyPrefix + SpillSettings.OVERFLOW_CAPACITY + ")";
        }
        return null;
    }

    void occupy(Put put, Side side) {
        if (side == Side.MEMORY) {
            memoryEvents += put.events();
            bodyBytes += put.bodyBytes();
            encodedBytes += put.encodedBytes();
        } else {
            spilling = true;
            overflowEvents += put.events();
        }
    }

    void recovered(long events) {
        overflowEvents = events;
    }

    void freeMemory(long events, long bodies, long encoded) {
        memoryEvents -= events;
        bodyBytes -= bodies;
        encodedBytes -= encoded;
        if (spilling && limits.memoryEvents() > 0 && 100 * (1 - memoryFill()) >= limits.deactivationPercent()) {
            spilling = false;
        }
    }

    void freeOverflow(long events) {
        overflowEvents -= events;
    }

    /** From now on, puts that do not fit into memory go to disk, and others behind them. */
    void spill() {
        spilling = true;
    }

    boolean isSpilling() {
        return spilling;
    }

    long memoryEvents() {
        return memoryEvents;
    }

    long overflowEvents() {
        return overflowEvents;
    }

    private double memoryFill() {
        if (limits.memoryEvents() == 0) {
            return 1;
        }
        double bytes = Math.max((double) bodyBytes / limits.bodyBytes(), (double) encodedBytes / limits.heapBytes());
        return Math.max((double) memoryEvents / limits.memoryEvents(), bytes);
    }

    private double overflowFill() {
        return limits.canSpill() ? (double) overflowEvents / limits.overflowEvents() : 1;
    }

    /** Over nine tenths full, memory and disk: sources should stop. */
    boolean isHigh() {
        return memoryFill() >= 0.9 && overflowFill() >= 0.9;
    }

    boolean isLow() {
        return memoryFill() <= 0.8 || overflowFill() <= 0.8;
    }

    String shortage(Put put) {
        return "no room for " + put.events() + " events: of a capacity of " + limits.memoryEvents() + " in memory "
                + memoryEvents + " are taken up, and of " + limits.overflowEvents() + " on disk " + overflowEvents
                + " (drain it faster, or raise " + keyPrefix
                + (limits.canSpill() ? SpillSettings.OVERFLOW_CAPACITY : SpillSettings.MEMORY_CAPACITY) + ")";
    }
}
