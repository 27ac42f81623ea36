package org.millrace.thrift;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.codec.frame.ReceiveBudget;

/** Counts what becomes of calls, in Flume's figures and in ours. Thread-safe. */
final class SourceFigures {
    private final SourceMetrics metrics;
    private final Timer request;
    private final Counter callsInFlight;
    private final Counter malformed;

    SourceFigures(SourceMetrics metrics, ReceiveBudget budget) {
        this.metrics = metrics;
        this.request = metrics.timer("request");
        this.callsInFlight = metrics.counter("callsInFlight");
        this.malformed = metrics.counter("framesRefused.malformed");
        metrics.gauge("receiveBytesHeld", budget::heldBytes);
    }

    /** Bytes that make no frame or no call, or ask for too much. */
    void refused(MalformedException reason) {
        if (reason instanceof LimitExceededException over) {
            metrics.counter("framesRefused." + over.limit()).inc();
        } else {
            malformed.inc();
        }
    }

    void received(int events, boolean isBatch) {
        callsInFlight.inc();
        metrics.eventsReceived.inc(events);
        (isBatch ? metrics.appendBatchesReceived : metrics.appendsReceived).inc();
    }

    void accepted(int events, boolean isBatch, long nanos) {
        settled(nanos);
        metrics.eventsAccepted.inc(events);
        (isBatch ? metrics.appendBatchesAccepted : metrics.appendsAccepted).inc();
    }

    /** Not in its channels; the sender is told to try again. */
    void failed(long nanos) {
        settled(nanos);
        metrics.channelWriteFails.inc();
    }

    /** Something broke that is no channel's doing. */
    void broken(long nanos) {
        settled(nanos);
        metrics.genericFails.inc();
    }

    private void settled(long nanos) {
        callsInFlight.dec();
        request.update(nanos, TimeUnit.NANOSECONDS);
    }
}
