package org.millrace.api;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;

/** Flume's figures of a sink. A connection is a file for a sink that writes files. */
public final class SinkMetrics extends ComponentMetrics {
    public final Counter connectionsCreated = flumeCounter("ConnectionCreatedCount");
    public final Counter connectionsClosed = flumeCounter("ConnectionClosedCount");
    public final Counter connectionsFailed = flumeCounter("ConnectionFailedCount");
    public final Counter batchesEmpty = flumeCounter("BatchEmptyCount");
    public final Counter batchesUnderflow = flumeCounter("BatchUnderflowCount");
    public final Counter batchesComplete = flumeCounter("BatchCompleteCount");
    public final Counter drainAttempts = flumeCounter("EventDrainAttemptCount");
    public final Counter drainSuccesses = flumeCounter("EventDrainSuccessCount");
    public final Counter eventWriteFails = flumeCounter("EventWriteFail");
    public final Counter channelReadFails = flumeCounter("ChannelReadFail");

    public SinkMetrics(String component, MetricRegistry registry) {
        super(Kind.SINK, component, registry);
    }

    /** Counts a batch by how full it was. */
    public void batchTaken(int events, int batchEvents) {
        if (events == 0) {
            batchesEmpty.inc();
        } else {
            batchesComplete.inc(events / batchEvents);
            batchesUnderflow.inc(events % batchEvents == 0 ? 0 : 1);
        }
    }
}
