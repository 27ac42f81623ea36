package org.millrace.relay.sink;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.millrace.api.DeliveryException;
import org.millrace.api.support.LogThrottle;
import org.millrace.client.RelayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator that a sink fails and when it is well again: counts each failure, logs the first and then one a minute. The
 * runner's thread only, but for {@link #inARow}.
 */
final class FailureReport {
    private static final Logger LOG = LoggerFactory.getLogger(SinkRunner.class);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final String title;
    private final String channel;
    private final InstantSource clock;
    private final LogThrottle throttle;
    private final Counter failures;

    private final AtomicLong inARow = new AtomicLong();
    private Instant since = Instant.EPOCH;

    FailureReport(RunnerFigures figures, String channel, InstantSource clock) {
        this.title = figures.title();
        this.channel = channel;
        this.clock = clock;
        this.throttle = new LogThrottle(clock, LOG_INTERVAL);
        this.failures = figures.failures();
    }

    /** Failures since the sink last was well. Any thread. */
    long inARow() {
        return inARow.get();
    }

    void failed(Throwable failure, Duration pause) {
        if (inARow.getAndIncrement() == 0) {
            since = clock.instant();
        }
        failures.inc();
        OptionalLong leftOut = throttle.admit();
        if (leftOut.isPresent()) {
            log(failure, pause, leftOut.getAsLong());
        }
    }

    void recovered() {
        LOG.info(
                "{}: delivers from channel {} again, after {} in {} s",
                title,
                channel,
                failures(inARow.get()),
                Duration.between(since, clock.instant()).toSeconds());
        inARow.set(0);
        throttle.reset();
    }

    private void log(Throwable failure, Duration pause, long leftOut) {
        LOG.warn(
                "{}: no delivery from channel {}, next try in {} ms{}: {}",
                title,
                channel,
                pause.toMillis(),
                history(inARow.get(), leftOut),
                text(failure),
                failure instanceof DeliveryException ? null : failure); // what nobody foresaw comes with its stack
    }

    /** Nothing of the first one: there is nothing before it. */
    static String history(long inARow, long leftOut) {
        return inARow <= 1 && leftOut == 0 ? "" : " (" + failures(inARow) + " in a row, " + leftOut + " not logged)";
    }

    private static String failures(long count) {
        return count == 1 ? "1 failure" : count + " failures";
    }

    /** A message of ours is a sentence; of others, such as those of the file system, many say nothing without their class. */
    static String text(Throwable failure) {
        Throwable cause = failure.getCause();
        if (cause == null) {
            return String.valueOf(failure.getMessage());
        }
        boolean isOurs = cause instanceof RelayException && cause.getMessage() != null;
        return failure.getMessage() + ": " + (isOurs ? cause.getMessage() : cause);
    }
}
