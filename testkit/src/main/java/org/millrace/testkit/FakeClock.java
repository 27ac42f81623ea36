package org.millrace.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test moves. Thread-safe. */
public final class FakeClock implements InstantSource {
    private Instant now;

    /** Stands at 2023-11-14T22:13:20Z, a round number of epoch seconds. */
    public FakeClock() {
        this(Instant.ofEpochSecond(1_700_000_000));
    }

    public FakeClock(Instant now) {
        this.now = now;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Lets time pass; a negative time is a step back, as real clocks do. */
    public synchronized void advance(Duration time) {
        now = now.plus(time);
    }

    public synchronized void set(Instant instant) {
        now = instant;
    }
}
