package org.millrace.api.support;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a failure that repeats from filling the log: lets the first one through, then at most one in each interval, which tells how
 * many were left out. Thread-safe.
 */
public final class LogThrottle {
    private final InstantSource clock;
    private final Duration interval;

    private @Nullable Instant lastLogged;
    private long leftOut;

    public LogThrottle(InstantSource clock, Duration interval) {
        this.clock = clock;
        this.interval = interval;
    }

    /** How many occurrences were left out since the last line, if this one is to be logged; empty if it is to be left out too. */
    public synchronized OptionalLong admit() {
        Instant now = clock.instant();
        if (lastLogged != null && now.isBefore(lastLogged.plus(interval))) {
            leftOut++;
            return OptionalLong.empty();
        }
        lastLogged = now;
        long before = leftOut;
        leftOut = 0;
        return OptionalLong.of(before);
    }

    /** The next occurrence is a first one again. */
    public synchronized void reset() {
        lastLogged = null;
        leftOut = 0;
    }
}
