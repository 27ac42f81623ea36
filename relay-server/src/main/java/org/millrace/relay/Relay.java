package org.millrace.relay;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Component;
import org.millrace.api.StartException;
import org.millrace.relay.config.Assembly;
import org.millrace.relay.config.Assembly.ChannelPart;
import org.millrace.relay.config.Routing;
import org.millrace.relay.metrics.Display;
import org.millrace.relay.metrics.Monitoring;
import org.millrace.relay.metrics.MonitoringSettings;
import org.millrace.relay.route.EventRouter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running agent. It starts monitoring, channels, sinks and sources in this order, and stops sources first: what they had taken in is
 * then delivered by the sinks, as far as the deadline allows and unless a durable channel keeps it, before sinks, channels and
 * monitoring stop. Thread-safe: one change at a time, and {@link #close} cuts a {@link #reload} short.
 */
public final class Relay implements Component {
    private static final Logger log = LoggerFactory.getLogger(Relay.class);

    private final Assembly first;
    private final Display monitoring;
    private final Duration drainDeadline;

    private final ReentrantLock lock = new ReentrantLock();
    private final RunningParts running;
    private final StopReport stop = new StopReport("a start or a change of its configuration");
    private boolean closed;
    /** In {@link #reload}, which may wait for long. */
    private volatile @Nullable Thread reloading;

    /**
     * @param monitoring shows the figures
     * @param drainDeadline how long sinks may go on once the sources are closed
     */
    Relay(Assembly assembly, Display monitoring, Duration drainDeadline) {
        this.first = assembly;
        this.monitoring = monitoring;
        this.drainDeadline = drainDeadline;
        this.running = new RunningParts(assembly.agent());
    }

    /** With JMX, and HTTP where the settings ask for it. */
    public static Relay monitored(Assembly assembly, MonitoringSettings settings, Duration drainDeadline) {
        return new Relay(assembly, new Monitoring(settings, new MetricRegistry(), List.of()), drainDeadline);
    }

    /** For who has the figures from the assembly, and shares this process with others: nothing is registered anywhere. */
    public static Relay unmonitored(Assembly assembly, Duration drainDeadline) {
        return new Relay(assembly, Display.NONE, drainDeadline);
    }

    /** The way from each source to its channels. */
    public static Routing routing() {
        return (interceptors, selector, channels, metrics) -> {
            EventRouter router = new EventRouter(interceptors, selector, selector.requiredChannels(), metrics);
            return new Routing.Route(router, router::close);
        };
    }

    /** Starts all parts. If one does not start, those that did are closed again. One that has been closed does not start any more. */
    @Override
    public void start() throws StartException {
        long began = System.nanoTime();
        lock.lock();
        try {
            if (closed) {
                throw new StartException("it was stopped before it had started");
            }
            startParts();
        } finally {
            lock.unlock();
        }
        log.info(
                "agent {} started in {} ms: channels {}; sinks {}; sink groups {}; sources {}",
                first.agent(),
                millisSince(began),
                first.channels(),
                first.sinks(),
                first.groups(),
                first.sources());
    }

    private void startParts() throws StartException {
        try {
            RunningParts.start("monitoring", monitoring); // first: if it cannot, no source has taken anything in
            new Reload(running, first, monitoring, drainDeadline).run();
        } catch (StartException | RuntimeException | Error e) { // nobody else would close what has started
            closeParts();
            throw e;
        } catch (InterruptedException e) { // nothing to wait for, unless somebody is in a hurry
            Thread.currentThread().interrupt();
            closeParts();
            throw new StartException("interrupted", e);
        }
    }

    /** What runs right now: the parts that a new configuration may keep. */
    public Assembly running() {
        lock.lock();
        try {
            return running.snapshot();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Turns what runs into what the assembly says.
     *
     * @param next read with {@link #running} as what runs
     * @throws StartException if a part did not start: {@link #running} tells what runs now, and what is to run has to be put into effect
     *     by another reload
     * @throws InterruptedException if the agent is being closed meanwhile
     */
    public void reload(Assembly next) throws StartException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (closed) {
                throw new InterruptedException("the agent is closed");
            }
            reloading = Thread.currentThread();
            new Reload(running, next, monitoring, drainDeadline).run();
        } finally {
            reloading = null;
            lock.unlock();
        }
    }

    /** After a reload that failed, and was not taken back: has those sources go on whose channels all run. */
    public void resumeServed() {
        lock.lock();
        try {
            running.resumeServed();
        } finally {
            lock.unlock();
        }
    }

    /** What {@link #close} tells of itself, also while it lasts. */
    StopReport stopReport() {
        return stop;
    }

    /** What it leaves open or loses is in the log. */
    @Override
    public void close() {
        Thread changing = reloading;
        if (changing != null) {
            changing.interrupt();
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            long began = System.nanoTime();
            log.info(
                    "agent {} stops: sources first, then up to {} s for what they took in",
                    first.agent(),
                    drainDeadline.toSeconds());
            closeParts();
            if (stop.isClean()) {
                log.info("agent {} stopped in {} ms", first.agent(), millisSince(began));
            } else {
                log.error(
                        "agent {} stopped in {} ms, not cleanly: {}", first.agent(), millisSince(began), stop.flaws());
            }
        } finally {
            lock.unlock();
        }
    }

    private void closeParts() {
        closed = true;
        running.sources.forEach(source -> source.inlet().refuse()); // if a reload that was cut short has held it
        try {
            stop.isAt("the close of its sources");
            stop.addAll(SourceClosing.closeAll(running.sources));
            stop.isAt("the last turns of its sinks");
            Deadline deadline = Deadline.in(drainDeadline); // from here on: nothing comes in any more
            handOverRetired(deadline);
            drain(deadline);
        } finally { // what is left in channels on disk is to be safe, whatever broke
            closeSinksAndChannels();
        }
    }

    private void closeSinksAndChannels() {
        try {
            stop.isAt("the close of its sinks");
            stop.addAll(Drainer.closeAll(running.drainers));
        } finally {
            List<ChannelPart> channels = Stream.concat(running.channels.stream(), running.retired.stream())
                    .toList();
            channels.forEach(this::countLost); // of all, before one that hangs
            for (ChannelPart part : channels) {
                close("channel " + part.name(), part.channel());
            }
            close("monitoring", monitoring);
        }
    }

    private void countLost(ChannelPart part) {
        try {
            long lost = Handover.lostWith(part);
            if (lost > 0) {
                stop.add("channel " + part.name() + " loses the " + lost + " events in its memory");
            }
        } catch (Throwable e) { // a plug-in's; all channels are to be closed all the same
            log.error("channel {} does not tell what it holds", part.name(), e);
        }
    }

    private void close(String title, Component part) {
        stop.isAt("the close of " + title);
        if (!RunningParts.close(title, part)) {
            stop.add(title + " did not close cleanly");
        }
    }

    /** A reload that was cut short, or that failed on both ways, may have left events in a channel that is out of use. */
    private void handOverRetired(Deadline deadline) {
        for (ChannelPart old : running.retired) {
            for (ChannelPart now : running.channels) {
                if (now.name().equals(old.name())) {
                    try {
                        new Handover(old, now).runUntil(deadline);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // whoever closes us is in a hurry
                    }
                }
            }
        }
    }

    /**
     * Sinks go on until their channels are empty; those that are not by the deadline say what they lose when they close. Nobody waits
     * for what is on disk: that is there after the next start. Those that put into another one's channel are closed before that one is
     * emptied, side by side.
     */
    private void drain(Deadline deadline) {
        try {
            for (List<Drainer> stage : Drainer.upstreamFirst(running.drainers)) {
                for (Drainer drainer : stage) {
                    if (!drainer.emptyMemory(deadline)) {
                        log.warn(
                                "{} has not emptied its channel within {} ms",
                                drainer.title(),
                                drainDeadline.toMillis());
                    }
                }
                stop.addAll(Drainer.closeAll(
                        stage.stream().filter(Drainer::feedsOthers).toList()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever closes us is in a hurry
        }
    }

    private static long millisSince(long began) {
        return Duration.ofNanos(System.nanoTime() - began).toMillis();
    }
}
