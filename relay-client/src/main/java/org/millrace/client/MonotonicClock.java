package org.millrace.client;

import java.time.Instant;
import java.time.InstantSource;

/** The time, without the steps that a system's clock may make. */
final class MonotonicClock implements InstantSource {
    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
