package org.millrace.soak;

/**
 * What was sent, and what became of it: numbers are given out here, batch by batch, none of them twice. A batch is acked, refused, or
 * neither: then nobody knows whether the agent has it. Thread-safe.
 */
final class SentLedger {
    private final NumberSet starts = new NumberSet();
    private final NumberSet acked = new NumberSet();
    private final NumberSet refused = new NumberSet();
    private long next;
    private long refusals;

    /** Looks at a batch. */
    interface Visitor {
        void batch(long first, int events, Fate fate);
    }

    /** What the sender knows of a batch. */
    enum Fate {
        ACKED,
        REFUSED,
        UNKNOWN
    }

    /** Numbers for a batch that is about to be sent: the first one. */
    synchronized long nextBatch(int events) {
        long first = next;
        starts.add(first);
        next += events;
        return first;
    }

    synchronized void acked(long first, int events) {
        acked.addAll(first, events);
    }

    synchronized void refused(long first, int events) {
        refused.addAll(first, events);
        refusals++;
    }

    /** Events given out: their numbers are below. */
    synchronized long sentEvents() {
        return next;
    }

    synchronized long ackedEvents() {
        return acked.size();
    }

    synchronized long refusedEvents() {
        return refused.size();
    }

    /** How many batches were refused. */
    synchronized long refusals() {
        return refusals;
    }

    synchronized long batches() {
        return starts.size();
    }

    /** Shows every batch, in the order of their numbers. */
    synchronized void visit(Visitor visitor) {
        long first = 0;
        for (long number = 1; number <= next; number++) {
            if (number == next || starts.contains(number)) {
                visitor.batch(first, (int) (number - first), fate(first));
                first = number;
            }
        }
    }

    private Fate fate(long number) {
        if (acked.contains(number)) {
            return Fate.ACKED;
        }
        return refused.contains(number) ? Fate.REFUSED : Fate.UNKNOWN;
    }
}
