package org.millrace.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What a run, or a second of it, has counted. The sender's thread. */
final class Figures {
    private static final long SLOWEST_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    /** From the moment a batch was to be sent until its ack; in a closed loop, from the moment it was sent. */
    final Histogram latencyNanos = emptyHistogram();
    /** From the moment a batch was due and there was room for it until it was sent: the load tester's own doing. */
    final Histogram ownDelayNanos = emptyHistogram();
    /** What a task waits for its turn on our event loops. */
    final Histogram loopLagNanos = emptyHistogram();

    /** From the loss of a host to the first ack at another one, for each connection. */
    final Histogram failoverNanos = emptyHistogram();

    long sentEvents;
    long ackedEvents;
    long ackedBodyBytes;
    long refusedEvents;
    /** Nobody knows whether the target has them. */
    long unknownEvents;
    /** They were due, but there was no room until the run ended. */
    long unsentEvents;

    long reconnects;
    /** Batches that failed at a host, and were or will be sent again as long as there is time. */
    long retries;

    static Histogram emptyHistogram() {
        return new Histogram(SLOWEST_NANOS, DIGITS);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, SLOWEST_NANOS)));
    }

    long failedEvents() {
        return refusedEvents + unknownEvents;
    }

    void add(Figures other) {
        latencyNanos.add(other.latencyNanos);
        ownDelayNanos.add(other.ownDelayNanos);
        loopLagNanos.add(other.loopLagNanos);
        sentEvents += other.sentEvents;
        ackedEvents += other.ackedEvents;
        ackedBodyBytes += other.ackedBodyBytes;
        refusedEvents += other.refusedEvents;
        unknownEvents += other.unknownEvents;
        unsentEvents += other.unsentEvents;
        reconnects += other.reconnects;
        retries += other.retries;
        failoverNanos.add(other.failoverNanos);
    }
}
