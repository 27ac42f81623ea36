package org.millrace.load;

/**
 * The last time that there was a place and something to send, and the sender was not there. Who sleeps through a second makes all that
 * was due in it late, also what then waits for a place: so each of those counts from when it was due until the sender woke up. The
 * sender's thread.
 */
final class Absence {
    private long fromNanos;
    private long untilNanos;

    void begin(long now) {
        fromNanos = now;
        untilNanos = now;
    }

    /**
     * How much later than possible a batch of an open loop is sent, by the sender's own doing.
     *
     * @param freeSince since when its place has been free
     */
    long ownDelayNanos(long due, long freeSince, long now) {
        long couldSince = Math.max(due, freeSince);
        boolean isLonger = now - couldSince > untilNanos - fromNanos;
        if (isLonger || due - untilNanos >= 0) { // in the latter case nothing is left that was due in the last absence
            fromNanos = couldSince;
            untilNanos = now;
        }
        boolean dueInAbsence = due - fromNanos >= 0 && due - untilNanos < 0;
        return Math.max(now - couldSince, dueInAbsence ? untilNanos - due : 0);
    }
}
