package org.millrace.api;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;

/** Flume's figures of a source. Received: read from outside. Accepted: in all required channels. */
public final class SourceMetrics extends ComponentMetrics {
    public final Counter eventsReceived = flumeCounter("EventReceivedCount");
    public final Counter eventsAccepted = flumeCounter("EventAcceptedCount");
    public final Counter appendsReceived = flumeCounter("AppendReceivedCount");
    public final Counter appendsAccepted = flumeCounter("AppendAcceptedCount");
    public final Counter appendBatchesReceived = flumeCounter("AppendBatchReceivedCount");
    public final Counter appendBatchesAccepted = flumeCounter("AppendBatchAcceptedCount");
    public final Counter openConnections = flumeCounter("OpenConnectionCount");
    public final Counter eventReadFails = flumeCounter("EventReadFail");
    public final Counter channelWriteFails = flumeCounter("ChannelWriteFail");
    public final Counter genericFails = flumeCounter("GenericProcessingFail");

    public SourceMetrics(String component, MetricRegistry registry) {
        super(Kind.SOURCE, component, registry);
    }
}
