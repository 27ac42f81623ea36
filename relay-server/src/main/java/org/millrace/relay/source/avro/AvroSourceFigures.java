package org.millrace.relay.source.avro;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import java.util.concurrent.TimeUnit;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.codec.rpc.Request;
import org.millrace.codec.rpc.RpcMessage;

/** Counts the source's calls, in Flume's figures and in ours. Thread-safe. */
final class AvroSourceFigures {
    private final SourceMetrics metrics;
    private final Timer request;
    private final Counter callsInFlight;
    private final Counter malformed;
    private final Counter foreignHandshakes;

    AvroSourceFigures(SourceMetrics metrics, ReceiveBudget budget) {
        this.metrics = metrics;
        this.request = metrics.timer("request");
        this.callsInFlight = metrics.counter("callsInFlight");
        this.malformed = metrics.counter("framesRefused.malformed");
        this.foreignHandshakes = metrics.counter("handshakesNotBoth");
        metrics.gauge("receiveBytesHeld", budget::heldBytes);
    }

    void foreignHandshake() {
        foreignHandshakes.inc();
    }

    /** Bytes that make no frame or no call, or ask for too much. */
    void refused(MalformedException reason) {
        if (reason instanceof LimitExceededException over) {
            metrics.counter("framesRefused." + over.limit()).inc();
        } else {
            malformed.inc();
        }
    }

    void received(Request.Call call) {
        callsInFlight.inc();
        metrics.eventsReceived.inc(call.batch().events());
        (isBatch(call) ? metrics.appendBatchesReceived : metrics.appendsReceived).inc();
    }

    void accepted(Request.Call call, long nanos) {
        settled(nanos);
        metrics.eventsAccepted.inc(call.batch().events());
        (isBatch(call) ? metrics.appendBatchesAccepted : metrics.appendsAccepted).inc();
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

    private static boolean isBatch(Request.Call call) {
        return call.message() == RpcMessage.APPEND_BATCH;
    }
}
