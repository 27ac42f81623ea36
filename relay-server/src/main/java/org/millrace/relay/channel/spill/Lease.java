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

    /** @throws org.millrace.api.ChannelException if they cannot be: then they are back in the overflow */
    synchronized void commit(int first, int events, boolean durably) throws InterruptedException {
        Transaction part = part(first, events);
        left -= events;
        try (part) {
            if (durably) {
                part.commitDurably();
            } else {
                part.commit();
            }
        }
    }

    synchronized void rollBack(int first, int events) {
        Transaction part = part(first, events);
        left -= events;
        part.close();
    }

    /** A transaction that has these events and no others. */
    private Transaction part(int first, int events) {
        if (events == left) {
            return taken;
        }
        Transaction part = overflow.begin();
        taken.handOver(first, events, part);
        return part;
    }
}
