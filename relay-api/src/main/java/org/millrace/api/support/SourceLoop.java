package org.millrace.api.support;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a source that fetches its events itself: read a batch, put it, commit it, and so on. A batch that the channels refuse is
 * put again and again, ever less often, and nothing more is read meanwhile. A stop lets a put that is under way come to its end, so that
 * only a crash makes events come twice. Counts all of Flume's figures of a source but those of connections.
 *
 * <p>{@link #start} and {@link #close}: one thread. Everything else: the loop's own thread only.
 */
public final class SourceLoop implements AutoCloseable {
    /** More than a channel's keep-alive is by default. After that a put is interrupted, and its batch may come twice. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(SourceLoop.class);

    private final String source;
    private final Inlet inlet;
    private final SourceMetrics metrics;
    private final InstantSource clock;
    private final Pace pace;
    private final CountDownLatch stop = new CountDownLatch(1);

    private @Nullable BatchReader reader;
    private @Nullable Thread thread;
    private long emptyReads;
    private long failedReads;

    /**
     * How long the loop waits.
     *
     * @param idle when there was nothing to read
     * @param refused before a batch that was refused is put again
     * @param failed before the reader is asked again after a failure
     */
    public record Pace(Pauses idle, Pauses refused, Pauses failed) {}

    public SourceLoop(SourceContext context, Pace pace) {
        this.source = context.name();
        this.inlet = context.inlet();
        this.metrics = context.metrics();
        this.clock = context.clock();
        this.pace = pace;
    }

    /**
     * Starts the thread. Once only.
     *
     * @param threadName what the source is called in a thread dump, without its own name
     * @param from taken over: closed by {@link #close}
     */
    public void start(String threadName, BatchReader from) {
        reader = from;
        thread = new Thread(() -> run(from), threadName + "-" + source);
        thread.start();
        metrics.started(clock.instant());
    }

    /** Stops the thread, then closes the reader. Does nothing when called again, or without a start. */
    @Override
    public void close() {
        stop.countDown();
        if (thread == null || reader == null) {
            return;
        }
        reader.wake();
        if (hasEnded(thread)) {
            reader.close();
        } else {
            log.error("source {} does not stop: a channel holds on to its batch", source);
        }
        thread = null;
        metrics.stopped(clock.instant());
        log.info("source {} stopped", source);
    }

    private void run(BatchReader from) {
        try {
            boolean goesOn = true;
            while (goesOn && (!isStopping() || from.holdsEvents())) {
                goesOn = turn(from);
            }
            if (from.holdsEvents()) {
                log.error("source {} stopped before the channels took all that it had read: that is lost", source);
            }
        } catch (InterruptedException e) {
            log.warn("source {} was stopped within a put: its batch may come twice", source);
        } catch (Throwable e) { // thread entry point
            metrics.genericFails.inc();
            log.error("source {} stands still until it is started again", source, e);
        }
    }

    /** One batch; false if the source is to stop. */
    private boolean turn(BatchReader from) throws InterruptedException {
        EventBatch batch;
        try {
            batch = from.read();
            readAgain();
        } catch (IOException e) {
            return readFailed("cannot read, and tries again", e);
        }
        if (batch == null) {
            emptyReads++;
            return pause(pace.idle().after(emptyReads)) || from.holdsEvents();
        }
        emptyReads = 0;
        int events = batch.events();
        metrics.eventsReceived.inc(events);
        metrics.appendBatchesReceived.inc();
        boolean isPut = false;
        try {
            isPut = put(batch);
        } finally {
            if (!isPut) {
                from.rollback();
            }
        }
        if (!isPut) {
            return false;
        }
        metrics.eventsAccepted.inc(events);
        metrics.appendBatchesAccepted.inc();
        try {
            from.commit();
            return true;
        } catch (IOException e) {
            return readFailed("cannot take down what it has put, which may come twice", e);
        }
    }

    /** The first of a row; the rest is in the counters, and in the line that ends the row. */
    private boolean readFailed(String what, IOException e) throws InterruptedException {
        metrics.eventReadFails.inc();
        if (failedReads++ == 0) {
            log.error("source {} {}", source, what, e);
        } else {
            log.debug("source {} {}", source, what, e);
        }
        return pause(pace.failed().after(failedReads));
    }

    private void readAgain() {
        if (failedReads > 0) {
            log.info("source {} reads again after {} failures", source, failedReads);
            failedReads = 0;
        }
    }

    /**
     * Puts the batch until the channels have it; false if the source is to stop first.
     *
     * @param batch taken over
     */
    private boolean put(EventBatch batch) throws InterruptedException {
        long failures = 0;
        try {
            while (!tryPut(batch, failures)) {
                failures++;
                if (!pause(pace.refused().after(failures))) {
                    return false;
                }
            }
            if (failures > 0) {
                log.info("source {}: the channels took the batch after {} failures", source, failures);
            }
            return true;
        } finally {
            batch.release();
        }
    }

    /** @param batch lent */
    private boolean tryPut(EventBatch batch, long earlierFailures) throws InterruptedException {
        try {
            inlet.put(batch.retain());
            return true;
        } catch (ChannelException e) {
            metrics.channelWriteFails.inc();
            logRefusal(e, earlierFailures);
        } catch (RuntimeException e) { // of an interceptor: to drop its events is not for us to decide
            metrics.genericFails.inc();
            logRefusal(e, earlierFailures);
        }
        return false;
    }

    private void logRefusal(RuntimeException e, long earlierFailures) {
        if (earlierFailures == 0) {
            log.warn("source {}: a batch was refused, and is tried again until it is taken", source, e);
        } else {
            log.debug("source {}: refused again", source, e);
        }
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }

    /** False if the source is to stop. */
    private boolean pause(Duration duration) throws InterruptedException {
        return !stop.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static boolean hasEnded(Thread thread) {
        boolean interrupted = false;
        try {
            thread.join(STOP_GRACE.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive()) {
            thread.interrupt();
            try {
                thread.join(STOP_GRACE.toMillis());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
