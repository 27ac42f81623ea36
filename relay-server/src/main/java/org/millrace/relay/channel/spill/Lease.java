package org.millrace.relay.channel.spill;

import org.millrace.api.Channel;
import org.millrace.api.Transaction;

/** Events that were taken from the overflow together, and may be given account of in parts. Thread-safe. */
final class Lease {
    private final Channel overflow;
    private final Transaction taken;
    private int left;

    /** @param taken ours to end */
    Lease(Channel overflow, Transaction taken, int events) {
        this.overflow = overflow;
        this.taken = taken;
        this.left = events;
    }

    /** Events become another transaction's, behind what that has; its owner gives account of them. */
    synchronized void moveTo(Transaction other, int first, int events) {
        taken.handOver(first, events, other);
        left -= events;
        if (left == 0) {
            taken.close();
        }
    }

    void rollBack(int first, int events) {
        try (Transaction part = overflow.begin()) {
            moveTo(part, first, events);
        }
    }
}
