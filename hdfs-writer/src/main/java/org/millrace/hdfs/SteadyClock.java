package org.millrace.hdfs;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that never goes back: after the wall clock was set back, it stays ahead by as much. So a file is as old as it is, however the
 * clock is set, and file names go up. Thread-safe.
 */
final class SteadyClock implements InstantSource {
    private final InstantSource wall;
    private Duration ahead = Duration.ZERO;
    private Instant last = Instant.EPOCH;

    SteadyClock(InstantSource wall) {
        this.wall = wall;
    }

    @Override
    public synchronized Instant instant() {
        Instant now = wall.instant().plus(ahead);
        if (now.isBefore(last)) {
            ahead = ahead.plus(Duration.between(now, last));
            now = last;
        }
        last = now;
        return now;
    }
}
