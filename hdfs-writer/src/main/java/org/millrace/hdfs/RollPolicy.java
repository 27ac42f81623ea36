package org.millrace.hdfs;

import java.time.Duration;
import java.time.Instant;

/**
 * When an open file is finished; the first limit reached wins, and zero means no such limit.
 *
 * @param interval since the file was opened
 * @param bodyBytes bytes of event bodies, before serialisation and compression
 * @param events events in the file
 * @param idle since the last events were flushed
 * @param minReplicas a file whose block has fewer is finished with the batch; 0 for any number
 */
record RollPolicy(Duration interval, long bodyBytes, long events, Duration idle, int minReplicas) {
    /** True if the next event belongs into a new file. */
    boolean isFull(long fileEvents, long fileBodyBytes) {
        return (events > 0 && fileEvents >= events) || (bodyBytes > 0 && fileBodyBytes >= bodyBytes);
    }

    /** When the clock finishes the file; {@link Instant#MAX} if it never does. */
    Instant dueAt(Instant opened, Instant lastFlushed) {
        Instant byAge = interval.isZero() ? Instant.MAX : opened.plus(interval);
        Instant byIdleness = idle.isZero() ? Instant.MAX : lastFlushed.plus(idle);
        return byAge.isBefore(byIdleness) ? byAge : byIdleness;
    }

    /** What finished a file that is due at {@code now}. */
    RollReason reasonAt(Instant now, Instant opened) {
        return !interval.isZero() && !now.isBefore(opened.plus(interval)) ? RollReason.INTERVAL : RollReason.IDLE;
    }
}
