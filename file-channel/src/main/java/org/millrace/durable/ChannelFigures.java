package org.millrace.durable;

import com.codahale.metrics.Counter;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.millrace.api.ChannelMetrics;
import org.millrace.durable.log.LogFigures;

/** A channel's gauges: Flume's of its file channel, and ours. They show the last state of a channel that is closed. Thread-safe. */
final class ChannelFigures {
    private final ChannelParts channel;
    private final ChannelMetrics metrics;
    private final Counter skipped;
    private final ReentrantLock lock;

    ChannelFigures(ChannelParts channel) {
        this.channel = channel;
        this.metrics = channel.context().metrics();
        this.skipped = metrics.counter("skippedEvents");
        this.lock = channel.lock();
    }

    /** A reader has gone on behind events that are lost. */
    void skipped(long events) {
        skipped.inc(events);
    }

    /** Shows the gauges of a channel that is about to take events. */
    void show(OpenLog open, List<String> readers) {
        showFlumes(open);
        showRoom(open);
        showLog(open);
        for (String reader : readers) {
            gauge("reader." + reader + ".backlogEvents", open, backlog -> backlog.eventsFor(reader));
        }
    }

    private void showFlumes(OpenLog open) {
        metrics.fill(() -> read(open, Backlog::events), channel.limits().capacity());
        metrics.flumeGauge("Open", this::isOpen);
        metrics.flumeGauge("Closed", () -> isOpen() ? 0 : 1);
        metrics.flumeGauge("Unhealthy", () -> isOpen() && open.log().trouble() != null ? 1 : 0);
        metrics.flumeGauge("CheckpointWriteErrorCount", () -> 0L); // there are no checkpoints
        metrics.flumeGauge("CheckpointBackupWriteErrorCount", () -> 0L);
    }

    private void showRoom(OpenLog open) {
        gauge("encodedBytes", open, Backlog::encodedBytes);
        gauge("bodyBytes", open, Backlog::bodyBytes);
        gauge("inFlightBytes", open, Backlog::inFlightBytes);
        metrics.gauge("byteFillPercentage", () -> {
            lock.lock();
            try {
                return channel.entrance().byteFillPercentage();
            } finally {
                lock.unlock();
            }
        });
        gauge("knownSenders", open, backlog -> channel.entrance().knownSenders());
        gauge("waitingPuts", open, backlog -> channel.entrance().gate().waiting());
        gauge("oldestEventMillis", open, backlog -> oldestMillis(open));
        gauge("cacheBytes", open, backlog -> open.cache().memoryBytes());
    }

    private void showLog(OpenLog open) {
        logGauge("segmentsInUse", open, LogFigures::segmentsInUse);
        logGauge("segmentsFree", open, LogFigures::segmentsFree);
        logGauge("setAsideBytes", open, LogFigures::setAsideBytes);
        logGauge("lostEvents", open, LogFigures::lostEvents);
        logGauge("unforcedMillis", open, LogFigures::unforcedMillis);
    }

    private void gauge(String name, OpenLog open, ToLongFunction<Backlog> figure) {
        metrics.gauge(name, () -> read(open, figure));
    }

    private void logGauge(String name, OpenLog open, ToLongFunction<LogFigures> figure) {
        metrics.gauge(name, () -> figure.applyAsLong(open.log().figures()));
    }

    private long oldestMillis(OpenLog open) {
        long now = channel.context().clock().millis();
        Backlog backlog = open.backlog();
        return backlog.events() == 0 ? 0 : Math.max(0, now - open.times().of(backlog.lowestWatermark(), now));
    }

    private boolean isOpen() {
        lock.lock();
        try {
            return channel.readers().open() != null;
        } finally {
            lock.unlock();
        }
    }

    private long read(OpenLog open, ToLongFunction<Backlog> figure) {
        lock.lock();
        try {
            return figure.applyAsLong(open.backlog());
        } finally {
            lock.unlock();
        }
    }
}
