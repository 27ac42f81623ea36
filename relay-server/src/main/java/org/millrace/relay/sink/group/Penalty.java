package org.millrace.relay.sink.group;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a sink is left alone after so many failures: 2 s, 4 s, 8 s and so on, up to a most. A random share of up to a tenth is taken
 * off, so that agents that have lost the same peer do not all come back to it at once.
 *
 * @param most the longest
 */
record Penalty(Duration most, RandomGenerator random) {
    static final Duration DEFAULT_MOST = Duration.ofSeconds(30);

    private static final long UNIT_MILLIS = 1000;
    /** From here on the penalty would be longer than any time there is: Flume's overflows before. */
    private static final int TOO_MANY_DOUBLINGS = 50;

    private static final int JITTER_SHARE = 10;

    /** The penalty at its longest. */
    Duration longest(int failures) {
        long mostMillis = most.toMillis();
        return failures >= TOO_MANY_DOUBLINGS ? most : Duration.ofMillis(Math.min(mostMillis, UNIT_MILLIS << failures));
    }

    /** The penalty this time. */
    Duration of(int failures) {
        Duration longest = longest(failures);
        return longest.minusNanos(random.nextLong(longest.toNanos() / JITTER_SHARE + 1));
    }
}
