package org.millrace.relay.sink;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelReader;
import org.millrace.api.Component;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SinkProcessor;
import org.millrace.api.StartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one sink, or of a group of sinks. It gives the sink turn after turn while there is something to do, sleeps until the channel has events, and
 * pauses after a failure. One thread starts and closes it, the sink is closed on a thread of its own; {@link #drainWithin} and {@link #isRunning}: any thread but its own.
 *
 * <p>A sink is never interrupted in the midst of a turn, unless it is still in it when the time to stop is up.
 */
public final class SinkRunner implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(SinkRunner.class);

    /**
     * A sink that has just emptied its channel looks again after this long before it asks to be woken. Where events come one by one
     * and fast, to wake a thread for each costs more than all else on their way: a rest lets them gather. The first event after a
     * lull finds the sink waiting, and is not held up.
     */
    private static final Duration REST = Duration.ofNanos(500_000);

    /** What {@link #close} takes in all, at most. Two may go by before a turn has ended. */
    private static final int GRACES_TO_CLOSE = 5;

    /** What has become of the sink. */
    private enum End {
        OPEN,
        BROKEN,
        CLEAN
    }

    private final String name;
    private final Sink sink;
    private final ChannelReader channel;
    private final RunnerFigures figures;
    private final Backoff backoff;
    private final Duration stopGrace;
    private final FailureReport failures;
    private final RunnerSignals signals = new RunnerSignals();
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile @Nullable Thread thread;
    private boolean closed;
    /** By who closes the sink. */
    private volatile End end = End.OPEN;
    /** The runner's thread only, as is what follows. */
    private boolean deliveredSinceIdle;

    /** What {@link RunnerFigures#delivered} showed at the last failure. */
    private long deliveredBeforeFailure;

    /** With pauses of 0.1 s doubling to 5 s, and 5 s for the last turn to end. */
    public SinkRunner(String name, Sink sink, ChannelReader channel, SinkMetrics metrics) {
        this(name, sink, channel, RunnerFigures.ofSink(name, metrics));
    }

    private SinkRunner(String name, Sink sink, ChannelReader channel, RunnerFigures figures) {
        this(
                name,
                sink,
                channel,
                figures,
                new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), new SplittableRandom()),
                Duration.ofSeconds(5),
                InstantSource.system());
    }

    /**
     * @param sink started, run and closed by the runner
     * @param backoff the pauses after failures
     * @param stopGrace how long {@link #close} waits for a turn to end before it interrupts it, and again after that; in all, the sink's
     *     own close included, it takes five times as long at most
     */
    public SinkRunner(
            String name,
            Sink sink,
            ChannelReader channel,
            SinkMetrics metrics,
            Backoff backoff,
            Duration stopGrace,
            InstantSource clock) {
        this(name, sink, channel, RunnerFigures.ofSink(name, metrics), backoff, stopGrace, clock);
    }

    private SinkRunner(
            String name,
            Sink sink,
            ChannelReader channel,
            RunnerFigures figures,
            Backoff backoff,
            Duration stopGrace,
            InstantSource clock) {
        this.name = name;
        this.sink = sink;
        this.channel = channel;
        this.figures = figures;
        this.backoff = backoff;
        this.stopGrace = stopGrace;
        this.failures = new FailureReport(figures, channel.name(), clock);
    }

    /**
     * The thread of a group of sinks, or one of the group's threads, with the same pauses.
     *
     * @param channel that all of its sinks take from
     */
    public static SinkRunner ofGroup(
            String name, SinkProcessor processor, ChannelReader channel, SinkGroupMetrics metrics) {
        List<SinkMetrics> sinks =
                processor.members().stream().map(SinkProcessor.Member::metrics).toList();
        return new SinkRunner(name, processor, channel, RunnerFigures.ofGroup(name, metrics, sinks));
    }

    /** Starts the sink, then its thread. */
    @Override
    public void start() throws StartException {
        sink.start();
        figures.gauges().accept(RunnerFigures.RUNNING, () -> isRunning() ? 1 : 0);
        figures.gauges().accept("failuresInARow", failures::inARow);
        Thread started = new Thread(this::run, "sink-" + name);
        started.setDaemon(true); // one that cannot be stopped must not keep the process
        started.start();
        thread = started;
    }

    /** True from start until it is closed, or has stopped since something went wrong that no retry will heal. */
    public boolean isRunning() {
        return thread != null && ended.getCount() > 0;
    }

    /**
     * Waits until the sink has found its channel empty and has nothing on its way, in a turn that began after this call: for an agent
     * whose sources are closed. The sink goes on running either way.
     *
     * @return false if the time ran out first, or the runner has stopped
     */
    public boolean drainWithin(Duration timeout) throws InterruptedException {
        return isRunning() && signals.awaitIdleTurn(timeout);
    }

    /** Ends the thread after its turn, then closes the sink; one that takes too long is interrupted and left to itself. */
    @Override
    public void close() {
        closeAll(List.of(this));
    }

    /**
     * Closes several, side by side. All are told to stop before one is waited for, and however many hang, in a turn or while their sinks are
     * closed, it takes no longer than the one with the longest grace, five times that.
     *
     * @return those that are still open or broke as they closed, in words; none that had been closed before
     */
    public static List<String> closeAll(List<SinkRunner> runners) {
        long began = System.nanoTime();
        List<SinkRunner> open =
                runners.stream().filter(runner -> !runner.closed).toList();
        for (SinkRunner runner : open) {
            runner.closed = true;
            runner.signals.stop();
        }
        List<SinkRunner> late = lateOnes(open);
        late.forEach(SinkRunner::interrupt);
        List<SinkRunner> hanging = lateOnes(late);
        Map<SinkRunner, Thread> closing = new LinkedHashMap<>();
        for (SinkRunner runner : open) {
            if (hanging.contains(runner)) {
                LOG.error("{} hangs in a turn and cannot be stopped; it is left as it is", runner.figures.title());
            } else {
                runner.beginToClose(closing);
            }
        }
        closing.forEach((runner, thread) -> runner.awaitClosed(thread, began));
        List<String> flaws = new ArrayList<>();
        for (SinkRunner runner : open) {
            switch (runner.end) {
                case OPEN -> flaws.add(runner.figures.title() + " is still open");
                case BROKEN -> flaws.add(runner.figures.title() + " did not close cleanly");
                case CLEAN -> {}
            }
        }
        return flaws;
    }

    /**
     * A thread for each: a sink that waits for a next hop that hangs must not take the time that others need to finish what they have. Where
     * the system has none, the sink is closed by who closes them all.
     */
    private void beginToClose(Map<SinkRunner, Thread> closing) {
        try {
            Thread closer = new Thread(this::closeSink, "close-" + name);
            closer.setDaemon(true);
            closer.start();
            closing.put(this, closer);
        } catch (OutOfMemoryError e) {
            LOG.warn("{} is closed without a thread of its own: {}", figures.title(), e.toString());
            closeSink();
        }
    }

    private void awaitClosed(Thread closing, long began) {
        long deadline = began + stopGrace.multipliedBy(GRACES_TO_CLOSE).toNanos();
        boolean interrupted = false;
        for (long left; closing.isAlive() && (left = deadline - System.nanoTime()) > 0; ) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(closing, left);
            } catch (InterruptedException e) {
                interrupted = true;
                closing.interrupt(); // whoever closes us is in a hurry
            }
        }
        if (closing.isAlive()) {
            LOG.error(
                    "{} has not closed in {} ms: what it still has to finish is left to the next start",
                    figures.title(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            closing.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Those whose threads have not ended when their grace, which begins now for all of them, is over. */
    private static List<SinkRunner> lateOnes(List<SinkRunner> runners) {
        long began = System.nanoTime();
        return runners.stream()
                .filter(runner -> runner.thread != null && !runner.endsBy(began + runner.stopGrace.toNanos()))
                .toList();
    }

    private boolean endsBy(long deadlineNanos) {
        try {
            return ended.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever closes us is in a hurry
            return ended.getCount() == 0;
        }
    }

    private void interrupt() {
        LOG.warn("{} is still in a turn after {} ms to stop; interrupting it", figures.title(), stopGrace.toMillis());
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void closeSink() {
        try {
            sink.close();
            end = End.CLEAN;
        } catch (Throwable e) { // an Error too, here at the thread's entry
            end = End.BROKEN;
            LOG.error("{} did not close cleanly", figures.title(), e);
        }
    }

    private void run() {
        signals.runByThisThread();
        try {
            while (!signals.isStopped()) {
                turn();
            }
        } catch (InterruptedException e) {
            LOG.warn(
                    "{} was interrupted in a turn; what it had not delivered is back in channel {}",
                    figures.title(),
                    channel.name());
        } catch (Throwable e) { // an Error, here at the thread's entry: nobody else would hear of it
            LOG.error("{} has stopped: channel {} is not drained by it any more", figures.title(), channel.name(), e);
        } finally {
            ended.countDown();
            signals.ended();
        }
    }

    private void turn() throws InterruptedException {
        long turn = signals.beginTurn();
        try {
            Sink.Drain drain = sink.drain();
            if (failures.inARow() > 0 && isWell(drain)) {
                failures.recovered();
                backoff.reset();
            }
            if (drain == Sink.Drain.DELIVERED) {
                deliveredSinceIdle = true;
                return;
            }
            signals.turnWasIdle(turn);
            if (deliveredSinceIdle) {
                deliveredSinceIdle = false;
                signals.pause(REST, turn);
            } else {
                awaitEvents(turn);
            }
        } catch (DeliveryException | RuntimeException e) {
            failed(e, turn);
        } catch (OutOfMemoryError e) {
            if (!NativeShortage.isMeantBy(e)) {
                throw e;
            }
            failed(e, turn);
        }
    }

    private void awaitEvents(long turn) throws InterruptedException {
        Duration limit = sink.idleLimit();
        if (signals.beginWait(turn)) {
            try {
                channel.awaitEvents(limit);
            } catch (InterruptedException e) {
                // the way we are woken: whether to stop or to look again, the next turn's check knows
            } finally {
                signals.endWait();
            }
        }
    }

    private void failed(Throwable failure, long turn) throws InterruptedException {
        deliveredBeforeFailure = figures.delivered().getAsLong();
        Duration pause = backoff.next();
        failures.failed(failure, pause);
        signals.pause(pause, turn);
    }

    /** A turn without a failure is not enough: what it has sent may still be on its way, and fail. */
    private boolean isWell(Sink.Drain drain) {
        return drain == Sink.Drain.IDLE || figures.delivered().getAsLong() > deliveredBeforeFailure;
    }
}
