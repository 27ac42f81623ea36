package org.millrace.relay.sink.group;

import java.time.Duration;

/**
 * What counts for the next penalty of a sink among several that take turns, by Flume's rule: a success changes nothing, only an hour
 * without a failure, after the penalty, makes the next failure a first one.
 *
 * @param counted failures that count, 0 to 16
 * @param lastNanos when the last one was
 * @param retryNanos when the penalty for it ends
 */
record PastFailures(int counted, long lastNanos, long retryNanos) {
    static final PastFailures NONE = new PastFailures(0, 0, 0);

    private static final Duration QUIET = Duration.ofHours(1);
    private static final int MOST_COUNTED = 16;

    boolean keepsOut(long nowNanos) {
        return counted > 0 && nowNanos - retryNanos <= 0;
    }

    PastFailures andNow(long nowNanos, Penalty penalty) {
        Duration forgotten = penalty.longest(counted).plus(QUIET);
        boolean counts = counted > 0 && nowNanos - lastNanos < forgotten.toNanos();
        int failures = counts ? Math.min(counted + 1, MOST_COUNTED) : 1;
        return new PastFailures(
                failures, nowNanos, nowNanos + penalty.of(failures).toNanos());
    }
}
