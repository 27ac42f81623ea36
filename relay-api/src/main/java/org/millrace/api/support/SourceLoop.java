package org.millrace.api.support;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a source that fetches its events itself: read a batch, put it, commit it, and so on. A batch that the channels refuse is
 * put again and again, ever less often, and nothing more is read meanwhile. One that is too large for a channel is put in halves; an event
 * that is goes back to the reader, or is left out, and counted. A stop lets a put that is under way come to its end, so that only a crash
 * makes events come twice; and, of a batch put in parts, a stop or an event that goes back, if the reader takes down no part. A loop that
 * ends of what nobody foresaw gives back its batch, and what the reader holds, at once: a restart of the source may be far. Counts all of
 * Flume's figures of a source but those of connections.
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
    private final FailureRow reads = new FailureRow("cannot read, and tries again", "reads again");
    private final FailureRow commits = new FailureRow(
            "cannot take down what it has put, which may come twice", "takes down again what it has put");
    /** For whoever waits for the thread's end. */
    private volatile Step step = Step.READ;
    /** Read, and neither committed nor given back. */
    private boolean isBatchOut;
    /** By the loop's thread, and read when that has ended. */
    private boolean isReaderClosed;

    /** What the thread is at. */
    private enum Step {
        READ("what it reads does not answer"),
        PUT("a channel holds on to its batch"),
        COMMIT("what it reads does not take down how far that was delivered");

        private final String obstacle;

        Step(String obstacle) {
            this.obstacle = obstacle;
        }
    }

    /** What became of a batch. */
    private enum Outcome {
        TAKEN,
        KEPT_BACK,
        STOPPED
    }

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
     * @param from taken over: closed by {@link #close}, or when the loop ends of what nobody foresaw
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
        if (!hasEnded(thread)) {
            log.error("source {} does not stop: {}", source, step.obstacle);
        } else if (!isReaderClosed) {
            reader.close();
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
            try {
                metrics.genericFails.inc();
                log.error("source {} stands still until it is started again", source, e);
            } finally {
                giveBack(from);
            }
        }
    }

    /** Whatever one step throws, the other is done. */
    private void giveBack(BatchReader from) {
        if (isBatchOut) {
            try {
                from.rollback();
            } catch (Throwable e) { // of a thread that is ending already
                log.error("source {} cannot give its batch back", source, e);
            }
        }
        isReaderClosed = true;
        try {
            from.close();
        } catch (Throwable e) { // of a thread that is ending already
            log.error("source {} cannot close what it reads", source, e);
        }
    }

    /** One batch; false if the source is to stop. */
    private boolean turn(BatchReader from) throws InterruptedException {
        EventBatch batch;
        step = Step.READ;
        try {
            batch = from.read();
            reads.end();
        } catch (IOException e) {
            return reads.goOn(e);
        }
        if (batch == null) {
            emptyReads++;
            return pause(pace.idle().after(emptyReads)) || from.holdsEvents();
        }
        isBatchOut = true;
        emptyReads = 0;
        metrics.eventsReceived.inc(batch.events());
        metrics.appendBatchesReceived.inc();
        Outcome outcome;
        step = Step.PUT;
        try {
            outcome = put(batch, from);
        } catch (InterruptedException e) {
            isBatchOut = false;
            from.rollback();
            throw e;
        }
        if (outcome != Outcome.TAKEN) {
            isBatchOut = false;
            if (outcome == Outcome.STOPPED) {
                from.rollback();
            }
            return outcome == Outcome.KEPT_BACK;
        }
        metrics.appendBatchesAccepted.inc();
        step = Step.COMMIT;
        try {
            from.commit();
            isBatchOut = false;
            commits.end();
            return true;
        } catch (IOException e) {
            isBatchOut = false;
            return commits.goOn(e);
        }
    }

    /** Failures of one kind, one after another. The first is logged; the rest is in the counters, and in the line that ends the row. */
    private final class FailureRow {
        private final String what;
        private final String ended;
        private long failures;

        FailureRow(String what, String ended) {
            this.what = what;
            this.ended = ended;
        }

        /** After a pause, ever longer; false if the source is to stop. */
        boolean goOn(IOException e) throws InterruptedException {
            metrics.eventReadFails.inc();
            if (failures++ == 0) {
                log.error("source {} {}", source, what, e);
            } else {
                log.debug("source {} {}", source, what, e);
            }
            return pause(pace.failed().after(failures));
        }

        void end() {
            if (failures > 0) {
                log.info("source {} {} after {} failures", source, ended, failures);
                failures = 0;
            }
        }
    }

    /**
     * Puts the batch until the channels have it, in parts if need be.
     *
     * @param batch taken over
     */
    private Outcome put(EventBatch batch, BatchReader from) throws InterruptedException {
        Deque<EventBatch> parts = new ArrayDeque<>();
        parts.add(batch);
        int done = 0;
        try {
            while (!parts.isEmpty()) {
                try {
                    if (!putPart(parts.element())) {
                        return Outcome.STOPPED;
                    }
                    done += parts.element().events();
                    parts.remove().release();
                    commitFirst(done, parts, from);
                } catch (BatchTooLargeException e) {
                    metrics.channelWriteFails.inc();
                    if (parts.element().events() > 1) {
                        putHalvesInItsPlace(parts, e);
                    } else if (from.keepsBack(e)) {
                        return Outcome.KEPT_BACK;
                    } else {
                        leaveOut(parts.remove(), from, e);
                        done++;
                        commitFirst(done, parts, from);
                    }
                }
            }
            return Outcome.TAKEN;
        } finally {
            parts.forEach(EventBatch::release);
        }
    }

    /** @param parts those still to be put */
    private static void commitFirst(int done, Deque<EventBatch> parts, BatchReader from) {
        if (!parts.isEmpty()) {
            from.commitFirst(done);
        }
    }

    private void putHalvesInItsPlace(Deque<EventBatch> parts, BatchTooLargeException why) {
        EventBatch whole = parts.remove();
        log.debug("source {}: a batch of {} events is put in halves", source, whole.events(), why);
        EventBatch.Split halves = whole.split((whole.events() + 1) / 2);
        parts.addFirst(halves.tail());
        parts.addFirst(halves.head());
    }

    private void leaveOut(EventBatch event, BatchReader from, BatchTooLargeException why) {
        metrics.counter("eventsTooLarge").inc();
        log.error(
                "source {}: an event of {} bytes, from {}, is left out, as it can never be put: {}",
                source,
                event.encodedBytes(),
                from.place(),
                why.getMessage());
        event.release();
    }

    /**
     * False if the source is to stop before the channels have it.
     *
     * @param part lent
     */
    private boolean putPart(EventBatch part) throws InterruptedException {
        long failures = 0;
        while (!tryPut(part, failures)) {
            failures++;
            if (!pause(pace.refused().after(failures))) {
                return false;
            }
        }
        if (failures > 0) {
            log.info("source {}: the channels took the batch after {} failures", source, failures);
        }
        metrics.eventsAccepted.inc(part.events());
        return true;
    }

    /** @param batch lent */
    private boolean tryPut(EventBatch batch, long earlierFailures) throws InterruptedException {
        try {
            inlet.put(batch.retain());
            return true;
        } catch (BatchTooLargeException e) {
            throw e; // to try again is of no use
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
