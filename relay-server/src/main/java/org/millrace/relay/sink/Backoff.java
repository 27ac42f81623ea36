package org.millrace.relay.sink;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to pause after each failure in a row: twice as long each time, up to a most, and each time a random share of it off, up to
 * half, so that sinks that failed together do not come back together. One thread.
 */
public final class Backoff {
    private final long firstNanos;
    private final long mostNanos;
    private final RandomGenerator random;

    private long nextNanos;

    /**
     * @param first the first pause at its longest, more than 0
     * @param most the longest pause, at least {@code first}
     */
    public Backoff(Duration first, Duration most, RandomGenerator random) {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("back-off: " + first + " to " + most + " (expected: 0 < first <= most)");
        }
        this.firstNanos = first.toNanos();
        this.mostNanos = most.toNanos();
        this.random = random;
        this.nextNanos = firstNanos;
    }

    /** The pause after one more failure. */
    Duration next() {
        long longest = nextNanos;
        nextNanos = longest > mostNanos / 2 ? mostNanos : 2 * longest;
        return Duration.ofNanos(longest - random.nextLong(longest / 2 + 1));
    }

    /** All is well: the next failure is a first one. */
    void reset() {
        nextNanos = firstNanos;
    }
}
