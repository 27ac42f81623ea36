package org.millrace.durable.log;

/**
 * A place in a segment that cannot be used any more.
 *
 * @param from offset of its first byte in the file
 * @param to offset behind its last one; the same as {@code from} where the bytes are not there at all
 * @param fromSequence first event that is gone with it
 * @param toSequence behind the last one; the same as {@code fromSequence} if no event is gone
 * @param why what was found there
 */
record Damage(Segment segment, long from, long to, long fromSequence, long toSequence, String why) {
    /** Events from one on are needed and stand in no segment, for this one is the oldest: one place, whoever comes across it. */
    static Damage missingBefore(Segment oldest, long fromSequence) {
        return missingBefore(oldest, fromSequence, oldest.firstSequence());
    }

    /** As {@link #missingBefore(Segment, long)}, for a reader that is not to go so far. */
    static Damage missingBefore(Segment oldest, long fromSequence, long toSequence) {
        return new Damage(oldest, 0, 0, fromSequence, toSequence, "the segments before it are missing");
    }

    long lostEvents() {
        return Math.max(0, toSequence - fromSequence);
    }

    /** The same without events that all readers have committed: nobody misses them. */
    Damage from(long lowestNeeded) {
        long first = Math.min(Math.max(fromSequence, lowestNeeded), Math.max(fromSequence, toSequence));
        return new Damage(segment, from, to, first, toSequence, why);
    }

    /** For the log: place, reason and cost. */
    String describe() {
        String cost = lostEvents() == 0
                ? "no event is lost"
                : lostEvents() + " events are lost, " + fromSequence + " to " + (toSequence - 1);
        return segment + ", bytes " + from + " to " + to + ": " + why + "; " + cost;
    }
}
