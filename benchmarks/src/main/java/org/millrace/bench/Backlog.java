package org.millrace.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps a relay hop's load to what comes out at its end: so much may be inside, no more. Without it a source that is faster than its
 * sink fills the channel, and what is measured is how the agent behaves when full. Any thread.
 */
final class Backlog {
    private final LongSupplier arrived;
    private final long most;
    private final AtomicLong sent = new AtomicLong();
    private final long arrivedBefore;

    /**
     * @param arrived how many events have come out so far
     * @param most events inside at once
     */
    Backlog(LongSupplier arrived, long most) {
        this.arrived = arrived;
        this.most = most;
        this.arrivedBefore = arrived.getAsLong();
    }

    /** No limit. */
    static Backlog unbounded() {
        return new Backlog(() -> 0, Long.MAX_VALUE);
    }

    /** True if all that was sent has come out. */
    boolean isEmpty() {
        return most == Long.MAX_VALUE || arrived.getAsLong() - arrivedBefore >= sent.get();
    }

    /** True if so many more may be sent: then they count as sent. */
    boolean admit(int events) {
        if (most == Long.MAX_VALUE) {
            return true;
        }
        if (sent.get() - (arrived.getAsLong() - arrivedBefore) >= most) {
            return false;
        }
        sent.addAndGet(events);
        return true;
    }

    /** Events that were refused by the server never come out. */
    void refused(int events) {
        if (most != Long.MAX_VALUE) {
            sent.addAndGet(-events);
        }
    }
}
