package org.millrace.listener;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.api.Inlet;
import org.millrace.listener.BatchPuts.Outcome;

/** What the connections of one source share on their way to the inlet. Thread-safe. */
public final class SourceBatches {
    final Inlet inlet;
    final PendingBytes pending;
    final BatchFigures figures;
    final PeerLog log;
    private final Map<EventLoop, InletFlush> flushes = new ConcurrentHashMap<>();
    private final Set<BatchPuts> open = ConcurrentHashMap.newKeySet();

    public SourceBatches(Inlet inlet, PendingBytes pending, BatchFigures figures, PeerLog log) {
        this.inlet = inlet;
        this.pending = pending;
        this.figures = figures;
        this.log = log;
    }

    /** The way of one connection; to be called on its event loop. */
    public BatchPuts open(Channel connection, int maxInFlight, boolean keepsRefused, Outcome outcome) {
        EventLoop loop = connection.eventLoop();
        InletFlush flush = flushes.computeIfAbsent(loop, own -> new InletFlush(inlet, own));
        return new BatchPuts(connection, this, flush, maxInFlight, keepsRefused, outcome);
    }

    /** A peer is disconnected for what it sent. */
    public void refuse(Channel peer, String why) {
        figures.unreadable();
        log.refused(peer, why);
    }

    void holds(BatchPuts puts) {
        open.add(puts);
    }

    void holdsNothing(BatchPuts puts) {
        open.remove(puts);
    }

    /** Gives up what no channel took until the end; to be called once the event loops have ended. */
    public void abandon() {
        open.forEach(BatchPuts::abandon);
        open.clear();
    }
}
