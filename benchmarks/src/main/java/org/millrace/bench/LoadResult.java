package org.millrace.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a run came to.
 *
 * @param seconds that were measured
 * @param events that were acked, or that came out at the end of a hop
 * @param failedEvents in requests that were answered by FAILED or by an error
 * @param latencyNanos of each request
 * @param serverCpuNanos CPU time that the server's process took meanwhile, 0 if unknown
 */
record LoadResult(double seconds, long events, long failedEvents, Histogram latencyNanos, long serverCpuNanos) {
    double eventsPerSecond() {
        return events / seconds;
    }

    /** CPU seconds that the server took for a million events. */
    double cpuSecondsPerMillion() {
        return events == 0 ? 0 : serverCpuNanos / 1e3 / events;
    }

    double latencyMillis(double percentile) {
        return latencyNanos.getValueAtPercentile(percentile) / 1e6;
    }

    /** Both runs as one. */
    LoadResult plus(LoadResult other) {
        Histogram both = latencyNanos.copy();
        both.add(other.latencyNanos);
        return new LoadResult(
                seconds + other.seconds,
                events + other.events,
                failedEvents + other.failedEvents,
                both,
                serverCpuNanos + other.serverCpuNanos);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,.0f events/s, %.3f CPU-s/M, p50 %.3f ms, p99 %.3f ms, %,d acked, %,d failed",
                eventsPerSecond(),
                cpuSecondsPerMillion(),
                latencyMillis(50),
                latencyMillis(99),
                events,
                failedEvents);
    }
}
