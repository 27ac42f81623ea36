package org.millrace.relay.source.spool;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the lines of files in a directory to its channels, one batch at a time: read, put, take down the position. A batch that the
 * channels refuse is put again and again, ever less often; reading stands still meanwhile. A stop lets a put that is under way come
 * to its end first, so that only a crash makes events come twice.
 *
 * <p>{@link #start} and {@link #close}: one thread. Everything else: the source's own thread only.
 */
final class SpoolDirectorySource implements Source, BatchSized {
    /** More than a channel's keep-alive is by default. After that a put is interrupted, and its batch may come twice. */
    private static final Duration STOP_GRACE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(SpoolDirectorySource.class);

    /**
     * How the source goes about it.
     *
     * @param batchEvents events per put, at least 1
     * @param pollDelay pause when there is nothing to read
     * @param maxBackoff the longest pause after the channels refused a batch
     */
    record Pace(int batchEvents, Duration pollDelay, Duration maxBackoff) {}

    private final String name;
    private final Inlet inlet;
    private final SourceMetrics metrics;
    private final InstantSource clock;
    private final SpoolSettings settings;
    private final Pace pace;
    private final CountDownLatch stop = new CountDownLatch(1);

    private @Nullable SpoolingReader reader;
    private @Nullable Thread thread;
    private long filesSetAside;

    SpoolDirectorySource(SourceContext context, SpoolSettings settings, Pace pace) {
        this.name = context.name();
        this.inlet = context.inlet();
        this.metrics = context.metrics();
        this.clock = context.clock();
        this.settings = settings;
        this.pace = pace;
    }

    @Override
    public void start() throws StartException {
        SpoolingReader opened;
        try {
            opened = SpoolingReader.open(settings, clock);
        } catch (StartException e) {
            throw new StartException("source " + name + ": " + e.getMessage(), e);
        }
        reader = opened;
        thread = new Thread(() -> run(opened), "spool-" + name);
        thread.start();
        metrics.started(clock.instant());
        log.info("source {} reads {}", name, settings.directory());
    }

    @Override
    public void close() {
        stop.countDown();
        if (thread == null || reader == null) {
            return;
        }
        if (hasEnded(thread)) {
            reader.close();
        } else {
            log.error("source {} does not stop: a channel holds on to its batch", name);
        }
        thread = null;
        metrics.stopped(clock.instant());
        log.info("source {} stopped", name);
    }

    @Override
    public int batchEvents() {
        return pace.batchEvents();
    }

    @Override
    public String batchKey() {
        return "batchSize";
    }

    private void run(SpoolingReader from) {
        try {
            boolean goesOn = true;
            while (goesOn && stop.getCount() > 0) {
                goesOn = turn(from);
            }
        } catch (InterruptedException e) {
            log.warn("source {} was stopped within a put: its batch may come twice", name);
        } catch (Throwable e) { // thread entry point
            metrics.genericFails.inc();
            log.error("source {} stands still until it is started again", name, e);
            throw e;
        }
    }

    /** One batch; false if the source is to stop. */
    private boolean turn(SpoolingReader from) throws InterruptedException {
        EventBatch batch;
        try {
            batch = from.read(pace.batchEvents());
        } catch (IOException e) {
            metrics.eventReadFails.inc();
            log.error("source {} cannot list {}, and tries again", name, settings.directory(), e);
            return pause(pace.maxBackoff());
        } finally {
            countSetAside(from);
        }
        if (batch == null) {
            return pause(pace.pollDelay());
        }
        int events = batch.events();
        metrics.eventsReceived.inc(events);
        metrics.appendBatchesReceived.inc();
        if (!put(batch)) {
            return false;
        }
        metrics.eventsAccepted.inc(events);
        metrics.appendBatchesAccepted.inc();
        from.commit();
        countSetAside(from);
        return true;
    }

    /**
     * Puts the batch until the channels have it; false if the source is to stop first.
     *
     * @param batch taken over
     */
    private boolean put(EventBatch batch) throws InterruptedException {
        Backoff backoff = new Backoff(pace.maxBackoff());
        long failures = 0;
        try {
            while (!tryPut(batch, failures)) {
                failures++;
                if (!pause(backoff.next())) {
                    return false;
                }
            }
            if (failures > 0) {
                log.info("source {}: the channels took the batch after {} failures", name, failures);
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
            logFailure(e, earlierFailures);
        } catch (RuntimeException e) { // of an interceptor: to drop its events is not for us to decide
            metrics.genericFails.inc();
            logFailure(e, earlierFailures);
        }
        return false;
    }

    /** The first of a row; the rest is in the counters, and in the line that ends the row. */
    private void logFailure(RuntimeException e, long earlierFailures) {
        if (earlierFailures == 0) {
            log.warn("source {}: a batch was refused, and is tried again until it is taken", name, e);
        } else {
            log.debug("source {}: refused again", name, e);
        }
    }

    private void countSetAside(SpoolingReader from) {
        long more = from.filesSetAside() - filesSetAside;
        filesSetAside += more;
        metrics.eventReadFails.inc(more);
        metrics.counter("filesSetAside").inc(more);
    }

    /** False if the source is to stop. */
    private boolean pause(Duration duration) throws InterruptedException {
        return !stop.await(duration.toMillis(), TimeUnit.MILLISECONDS);
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
