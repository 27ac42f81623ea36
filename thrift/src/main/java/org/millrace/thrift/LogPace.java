package org.millrace.thrift;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Lets one line of a kind into the log now and then, however often its cause comes back. Thread-safe. */
final class LogPace {
    private static final Duration NOW_AND_THEN = Duration.ofSeconds(10);

    private final InstantSource clock;

    private @Nullable Instant last;
    private long leftOut;

    LogPace(InstantSource clock) {
        this.clock = clock;
    }

    /** How many were left out since the last line, if this one is to be written; empty if it is left out too. */
    synchronized OptionalLong admit() {
        Instant now = clock.instant();
        if (last != null && now.isBefore(last.plus(NOW_AND_THEN))) {
            leftOut++;
            return OptionalLong.empty();
        }
        last = now;
        long before = leftOut;
        leftOut = 0;
        return OptionalLong.of(before);
    }
}
