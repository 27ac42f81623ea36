package org.millrace.relay;

import java.time.Duration;

/** When all waits of one piece of work are to be over, together. Immutable. */
record Deadline(long atNanos) {
    static Deadline in(Duration timeout) {
        return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /** Zero once it is over. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
    }

    boolean isOver() {
        return left().isZero();
    }
}
