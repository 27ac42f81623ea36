package org.millrace.relay.source.http;

import com.codahale.metrics.Timer;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.TimeUnit;
import org.millrace.api.SourceMetrics;
import org.millrace.listener.PendingBytes;

/** Counts requests, in Flume's figures and in ours. Thread-safe. */
final class HttpFigures {
    private final SourceMetrics metrics;
    private final Timer request;

    HttpFigures(SourceMetrics metrics, PendingBytes held) {
        this.metrics = metrics;
        this.request = metrics.timer("request");
        metrics.gauge("receiveBytesHeld", held::held);
    }

    void received(int events) {
        metrics.appendBatchesReceived.inc();
        metrics.eventsReceived.inc(events);
    }

    void accepted(int events, long nanos) {
        request.update(nanos, TimeUnit.NANOSECONDS);
        metrics.appendBatchesAccepted.inc();
        metrics.eventsAccepted.inc(events);
    }

    void notStored() {
        metrics.channelWriteFails.inc();
    }

    void broken() {
        metrics.genericFails.inc();
    }

    /** A request that was answered with anything but 200. */
    void refused(HttpResponseStatus status) {
        metrics.counter("requestsRefused." + status.code()).inc();
        if (status.code() < HttpResponseStatus.INTERNAL_SERVER_ERROR.code()) {
            metrics.eventReadFails.inc();
        }
    }
}
