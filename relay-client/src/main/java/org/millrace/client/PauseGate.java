package org.millrace.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where deliveries wait, in their order, after all hosts have failed one: 100 ms, doubled each time up to 5 s, each shortened by chance to
 * no less than half, so that a thousand clients do not come back at the same moment. Thread-safe; nobody is called under its monitor.
 */
final class PauseGate {
    static final Duration FIRST = Duration.ofMillis(100);
    static final Duration MOST = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final RandomGenerator random;
    private final Delayer delayer;
    private final Deque<Runnable> held = new ArrayDeque<>();

    private Duration next = FIRST;
    private Instant over = Instant.MIN;

    /** True while some are held, or are being let go. */
    private boolean holding;

    private boolean closed;

    /** Runs something after a while. */
    interface Delayer {
        void runAfter(long nanos, Runnable task);
    }

    PauseGate(InstantSource clock, RandomGenerator random, Delayer delayer) {
        this.clock = clock;
        this.random = random;
        this.delayer = delayer;
    }

    /**
     * Starts a delivery, now or after the pause.
     *
     * @param start tells whom it concerns if it fails, and does not throw
     */
    void pass(Runnable start) {
        Duration pause;
        synchronized (this) {
            pause = left();
            if (holding || !pause.isZero()) {
                held.add(start);
                if (holding) {
                    return; // it goes with those before it
                }
                holding = true;
            }
        }
        if (pause.isZero()) {
            start.run();
        } else {
            letGoAfter(pause);
        }
    }

    /** Lets all go that are held, at once; nobody is held any more. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        letGo();
    }

    /** A delivery has failed with all its hosts. Those that fail during a pause began before it, and make it no longer. */
    synchronized void failed() {
        Instant now = clock.instant();
        if (now.isBefore(over)) {
            return;
        }
        long half = next.toNanos() / 2;
        over = now.plusNanos(half + random.nextLong(half + 1));
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(MOST) < 0 ? doubled : MOST;
    }

    /** A delivery was answered. */
    synchronized void succeeded() {
        next = FIRST;
        over = Instant.MIN;
    }

    private Duration left() {
        Instant now = clock.instant();
        return !closed && now.isBefore(over) ? Duration.between(now, over) : Duration.ZERO;
    }

    private void letGoAfter(Duration pause) {
        try {
            delayer.runAfter(pause.toNanos(), this::letGo);
        } catch (RuntimeException | Error e) { // no thread to be had: what starts now finds that out and says so
            letGo();
        }
    }

    private void letGo() {
        for (Runnable start = nextHeld(); start != null; start = nextHeld()) {
            try {
                start.run();
            } catch (RuntimeException | Error e) {
                // it has told whom it concerns, see pass; those behind it have nothing to do with it
            }
        }
    }

    private synchronized @Nullable Runnable nextHeld() {
        Runnable start = held.poll();
        holding = start != null;
        return start;
    }
}
