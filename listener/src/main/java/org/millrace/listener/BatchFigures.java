package org.millrace.listener;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;
import org.millrace.api.SourceMetrics;

/** Counts what becomes of events, in Flume's figures and in ours. Thread-safe. */
public final class BatchFigures {
    private final SourceMetrics metrics;
    private final Timer put;
    private final Counter kept;
    private final Counter dropped;
    private final Counter overflown;

    public BatchFigures(SourceMetrics metrics, PendingBytes pending) {
        this.metrics = metrics;
        this.put = metrics.timer("put");
        this.kept = metrics.counter("batchesPutAgain");
        this.dropped = metrics.counter("eventsDropped");
        this.overflown = metrics.counter("datagramsOverflown");
        metrics.gauge("pendingBytes", pending::held);
    }

    void received(int events) {
        metrics.eventsReceived.inc(events);
    }

    void stored(int events, long nanos) {
        put.update(nanos, TimeUnit.NANOSECONDS);
        metrics.eventsAccepted.inc(events);
    }

    /** A peer sent what makes no event. */
    void unreadable() {
        metrics.eventReadFails.inc();
    }

    /** A channel did not take a batch. */
    void notStored() {
        metrics.channelWriteFails.inc();
    }

    /** Something broke that is no channel's doing. */
    void broken() {
        metrics.genericFails.inc();
    }

    void kept() {
        kept.inc();
    }

    /** Datagrams for which there was no memory. */
    void overflown(int datagrams) {
        overflown.inc(datagrams);
    }

    /** Events that came in and are lost. */
    public void dropped(int events) {
        dropped.inc(events);
    }
}
