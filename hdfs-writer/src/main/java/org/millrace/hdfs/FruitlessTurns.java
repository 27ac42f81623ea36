package org.millrace.hdfs;

/**
 * Tells buckets that are refused from a file system that refuses all. Of a turn in which nothing was written nobody knows which of the two it
 * is, so it is rolled back and tried again. After some of them in a row one is held back for once, and those behind it have their turn. As
 * long as none of those is written either, it takes twice as many turns each time, so that an outage does not fill up what may be held
 * back. The sink's thread only.
 */
final class FruitlessTurns {
    private static final int FIRST = 4;
    private static final int MOST = 1 << 20;

    private int inARow;
    private int untilHeld = FIRST;

    /** Something was written. */
    void written() {
        inARow = 0;
        untilHeld = FIRST;
    }

    /**
     * Nothing was written in a turn.
     *
     * @return true if its events are to be held back, to see how others fare
     */
    boolean looksBehind() {
        inARow++;
        if (inARow < untilHeld) {
            return false;
        }
        inARow = 0;
        untilHeld = Math.min(2 * untilHeld, MOST);
        return true;
    }
}
