package org.millrace.relay.channel.spill;

import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.HeapRoom;

/** How much of memory and disk is taken up, and where the next put goes. Guarded by the channel's lock. */
final class SpillRoom {
    private final SpillSettings limits;
    private final String keyPrefix;

    private final @Nullable Channel overflow;

    private final HeapRoom memory;
    private long overflowEvents;
    /** What does not fit into memory goes to disk at once, and what comes behind it. */
    private boolean spilling;

    /** Where a put goes, as a whole. */
    enum Side {
        MEMORY,
        OVERFLOW
    }

    /**
     * @param keyPrefix of the channel's keys, for messages
     * @param overflow asked what it can never take; null: nothing spills
     */
    SpillRoom(SpillSettings limits, String keyPrefix, @Nullable Channel overflow) {
        this.limits = limits;
        this.overflow = overflow;
        this.keyPrefix = keyPrefix;
        this.memory = new HeapRoom(limits.memoryEvents(), limits.bytes());
        this.spilling = limits.memoryEvents() == 0;
    }

    /** Null: it has to wait. */
    @Nullable
    Side sideFor(Put put) {
        if (!spilling && memory.fits(put)) {
            return Side.MEMORY;
        }
        if (overflowNeverFits(put) != null) { // it waits for room in memory, whatever is on disk before it
            return memory.fits(put) ? Side.MEMORY : null;
        }
        boolean mayOverflow = spilling || limits.overflowTimeout().isZero() || memory.isTooSmallFor(put);
        return mayOverflow && put.events() <= limits.overflowEvents() - overflowEvents ? Side.OVERFLOW : null;
    }

    /** Why the overflow can never take a put; null if it can. Needs no lock. */
    private @Nullable String overflowNeverFits(Put put) {
        if (overflow == null) {
            return "nothing spills";
        }
        if (put.events() > limits.overflowEvents()) {
            return put.events() + " events at once (expected: at most " + limits.overflowEvents() + "; raise "
                    + keyPrefix + SpillSettings.OVERFLOW_CAPACITY + ")";
        }
        for (EventBatch batch : put.batches()) { // where there is an overflow, it is one: SpillEntrance sees to that
            String why = overflow.neverFits(batch);
            if (why != null) {
                return why;
            }
        }
        return null;
    }

    /** Why a put will never fit, anywhere; null if it will. Needs no lock. */
    @Nullable
    String neverFits(Put put) {
        if (put.events() > limits.transactionEvents()) {
            return put.events() + " events at once (expected: at most " + limits.transactionEvents() + "; raise "
                    + keyPrefix + SpillSettings.TRANSACTION_CAPACITY + ", or lower the sender's batch size)";
        }
        String byDisk = memory.isTooSmallFor(put) ? overflowNeverFits(put) : null;
        if (byDisk == null) {
            return null;
        }
        return put.events() + " events at once, of " + put.encodedBytes() + " bytes (expected: at most "
                + limits.memoryEvents() + " and what fits into memory, or what fits on disk); of the disk: " + byDisk;
    }

    /** A put that never fits into memory says nothing about how full that is: those behind it go on as before. */
    void occupy(Put put, Side side) {
        if (side == Side.MEMORY) {
            memory.occupy(put);
        } else {
            spilling = spilling || !memory.isTooSmallFor(put);
            overflowEvents += put.events();
        }
    }

    void recovered(long events) {
        overflowEvents = events;
    }

    void freeMemory(long events, long bodies, long encoded) {
        memory.free(events, bodies, encoded);
        if (spilling && limits.memoryEvents() > 0 && 100 * (1 - memory.fill()) >= limits.deactivationPercent()) {
            spilling = false;
        }
    }

    void freeOverflow(long events) {
        overflowEvents -= events;
    }

    /**
     * Whether a put that has to wait waits for memory, and not for its turn or for the disk. Only then is there something in it that, once
     * it is gone, ends the spilling.
     */
    boolean maySpillFor(Put waiting) {
        return !spilling
                && !memory.isTooSmallFor(waiting)
                && !memory.fits(waiting)
                && overflowNeverFits(waiting) == null;
    }

    /** From now on, puts that do not fit into memory go to disk, and others behind them. */
    void spill() {
        spilling = true;
    }

    boolean isSpilling() {
        return spilling;
    }

    long memoryEvents() {
        return memory.events();
    }

    long overflowEvents() {
        return overflowEvents;
    }

    private double overflowFill() {
        return limits.canSpill() ? (double) overflowEvents / limits.overflowEvents() : 1;
    }

    /** Over nine tenths full, memory and disk: sources should stop. */
    boolean isHigh() {
        return memory.fill() >= 0.9 && overflowFill() >= 0.9;
    }

    boolean isLow() {
        return memory.fill() <= 0.8 || overflowFill() <= 0.8;
    }

    String shortage(Put put) {
        return "no room for " + put.events() + " events: of a capacity of " + limits.memoryEvents() + " in memory "
                + memory.events() + " are taken up, and of " + limits.overflowEvents() + " on disk " + overflowEvents
                + " (drain it faster, or raise " + keyPrefix
                + (limits.canSpill() ? SpillSettings.OVERFLOW_CAPACITY : SpillSettings.MEMORY_CAPACITY) + ")";
    }
}
