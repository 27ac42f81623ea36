package org.millrace.listener;

import com.codahale.metrics.Counter;
import org.millrace.api.SourceMetrics;

/** Counts what happens to connections, in Flume's figures and in ours. Thread-safe. */
public final class ConnectionFigures {
    private final SourceMetrics metrics;
    private final Counter bytesReceived;
    private final Counter deniedByFilter;
    private final Counter overMaxConnections;
    private final Counter timedOut;
    private final Counter cutOff;
    private final Counter pauses;

    public ConnectionFigures(SourceMetrics metrics) {
        this.metrics = metrics;
        this.bytesReceived = metrics.counter("bytesReceived");
        this.deniedByFilter = metrics.counter("connectionsRefused.ipFilter");
        this.overMaxConnections = metrics.counter("connectionsRefused.maxConnections");
        this.timedOut = metrics.counter("connectionsTimedOut");
        this.cutOff = metrics.counter("connectionsCutOff");
        this.pauses = metrics.counter("readPauses");
    }

    void bytesReceived(int bytes) {
        bytesReceived.inc(bytes);
    }

    void opened() {
        metrics.openConnections.inc();
    }

    void closed() {
        metrics.openConnections.dec();
    }

    void deniedByFilter() {
        deniedByFilter.inc();
    }

    void overMaxConnections() {
        overMaxConnections.inc();
    }

    /** A peer kept us waiting for too long and is disconnected. */
    public void timedOut() {
        timedOut.inc();
    }

    /** A peer went away in the middle of a frame. */
    void cutOff() {
        cutOff.inc();
    }

    void paused() {
        pauses.inc();
    }
}
