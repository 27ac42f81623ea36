package org.millrace.load;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is sent.
 *
 * @param connections open at once
 * @param inFlight batches without an answer on each of them
 * @param batchEvents events in a batch
 * @param pace the open loop's; empty for a closed loop, in which the next batch goes out when one is answered
 * @param warmUp sent, but not measured
 * @param durationNanos measured; empty if the number of events ends it alone
 * @param maxEvents after which the run ends, those of the warm-up included
 * @param patience how long the target may be unreachable before the run is given up
 */
record LoadPlan(
        int connections,
        int inFlight,
        int batchEvents,
        Optional<Pace> pace,
        Duration warmUp,
        OptionalLong durationNanos,
        OptionalLong maxEvents,
        Duration patience) {
    LoadPlan {
        if (durationNanos.isEmpty() && maxEvents.isEmpty()) {
            throw new IllegalArgumentException("a run without an end (expected: a duration, or a number of events)");
        }
    }

    boolean isOpenLoop() {
        return pace.isPresent();
    }

    /** When a batch of the open loop is to be sent, after the start. */
    long intendedNanos(long batch) {
        return pace.orElseThrow().intendedNanos(batch);
    }

    /** Events in a batch: the last one may be smaller; 0 when there is nothing left to send. */
    int eventsIn(long batch) {
        long left = maxEvents.orElse(Long.MAX_VALUE) - batch * batchEvents;
        return (int) Math.max(0, Math.min(left, batchEvents));
    }

    /** How long batches are sent, after the start. */
    long sendingNanos() {
        return durationNanos.isEmpty() ? Long.MAX_VALUE : warmUp.toNanos() + durationNanos.getAsLong();
    }

    /** The same at another pace, for another time. */
    LoadPlan with(Pace other, Duration duration) {
        return new LoadPlan(
                connections,
                inFlight,
                batchEvents,
                Optional.of(other),
                warmUp,
                OptionalLong.of(duration.toNanos()),
                OptionalLong.empty(),
                patience);
    }
}
