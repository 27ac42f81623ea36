package org.millrace.verify;

import org.millrace.ledger.Ledger;

/**
 * What a ledger and the events that were seen say together.
 *
 * @param distinct events of the run that were seen, in finished files or on a port
 * @param ackedFound of them, those that a host had acked
 * @param refusedFound those that all hosts had refused
 * @param unknownFound those of which nobody knew
 * @param lost acked, and seen nowhere
 * @param lostNumbers the first of them
 * @param damaged events of the run that were changed, cut or joined
 * @param foreign what is none of the run's
 * @param neverSent whole events with numbers that the run has not used: of another, or beyond what a cut ledger knows
 */
record Verdict(
        Ledger ledger,
        long distinct,
        long ackedFound,
        long refusedFound,
        long unknownFound,
        long lost,
        String lostNumbers,
        Copies copies,
        long damaged,
        long foreign,
        long neverSent,
        InUse inUse,
        FileTally files) {
    /**
     * Events that were seen again.
     *
     * @param ofSentOnce their batches were sent once: the copy was made behind the host
     * @param ofRetried their batches were sent to one host, more than once
     * @param ofMoved their batches were sent to several hosts
     * @param numbers the first of them
     */
    record Copies(long ofSentOnce, long ofRetried, long ofMoved, String numbers) {
        long all() {
            return ofSentOnce + ofRetried + ofMoved;
        }
    }

    /**
     * Events in files that have the name of one being written.
     *
     * @param events whole ones
     * @param onlyThere different ones that stand in no finished file
     */
    record InUse(long events, long onlyThere) {}

    /** True if nothing is lost or corrupt. */
    boolean isGood() {
        return lost == 0 && damaged == 0 && files.brokenFiles() == 0;
    }
}
