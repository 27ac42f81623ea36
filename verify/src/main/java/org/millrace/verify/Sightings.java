package org.millrace.verify;

import org.millrace.ledger.EventMark;
import org.millrace.ledger.EventMark.Found;
import org.millrace.ledger.Ledger;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * Which events of a run were seen, and how often. A bit an event: a hundred million take some 12 MB, twice at most. Thread-safe.
 */
final class Sightings {
    private final Ledger ledger;
    private final EventMark mark;
    private final Roaring64Bitmap finished = new Roaring64Bitmap();
    private final Roaring64Bitmap inUse = new Roaring64Bitmap();
    private final Samples copied = new Samples();
    private long whole;
    private long wholeInUse;
    private long damaged;
    private long foreign;
    private long neverSent;
    private long copiesOfSentOnce;
    private long copiesOfRetried;
    private long copiesOfMoved;

    Sightings(Ledger ledger) {
        this.ledger = ledger;
        this.mark = new EventMark(ledger.run());
    }

    /**
     * Looks at an event's body, or a line of text.
     *
     * @param array lent
     * @param isInUse true if it stands in a file that is not finished
     */
    synchronized void see(byte[] array, int offset, int length, boolean isInUse) {
        Found found = mark.read(array, offset, length);
        switch (found.kind()) {
            case WHOLE -> seeWhole(found.number(), isInUse);
            case DAMAGED -> damaged++;
            case FOREIGN -> foreign++;
        }
    }

    /** Something that cannot be an event of ours. */
    synchronized void seeForeign() {
        foreign++;
    }

    private void seeWhole(long number, boolean isInUse) {
        if (number >= ledger.usedEnd()) {
            neverSent++;
        } else if (isInUse) {
            wholeInUse++;
            inUse.addLong(number);
        } else {
            whole++;
            if (finished.contains(number)) {
                seeCopy(number);
            } else {
                finished.addLong(number);
            }
        }
    }

    private void seeCopy(long number) {
        copied.add(number);
        if (ledger.moved().contains(number)) {
            copiesOfMoved++;
        } else if (ledger.retried().contains(number)) {
            copiesOfRetried++;
        } else {
            copiesOfSentOnce++;
        }
    }

    /** Events that were looked at, whatever they were. */
    synchronized long looked() {
        return whole + wholeInUse + damaged + foreign + neverSent;
    }

    /** True if each acked event was seen. */
    synchronized boolean isAllThere() {
        return Roaring64Bitmap.andCardinality(ledger.acked(), finished)
                == ledger.acked().getLongCardinality();
    }

    /** What comes of it all. */
    synchronized Verdict verdict(FileTally files) {
        Roaring64Bitmap lost = Roaring64Bitmap.andNot(ledger.acked(), finished);
        lost.andNot(inUse);
        long ackedFound = Roaring64Bitmap.andCardinality(ledger.acked(), finished);
        long refusedFound = Roaring64Bitmap.andCardinality(ledger.refused(), finished);
        return new Verdict(
                ledger,
                finished.getLongCardinality(),
                ackedFound,
                refusedFound,
                finished.getLongCardinality() - ackedFound - refusedFound,
                lost.getLongCardinality(),
                Samples.of(lost),
                new Verdict.Copies(copiesOfSentOnce, copiesOfRetried, copiesOfMoved, copied.toString()),
                damaged,
                foreign,
                neverSent,
                new Verdict.InUse(
                        wholeInUse, Roaring64Bitmap.andNot(inUse, finished).getLongCardinality()),
                files);
    }
}
