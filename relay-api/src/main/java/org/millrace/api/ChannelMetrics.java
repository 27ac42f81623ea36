package org.millrace.api;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;

/** Flume's figures of a channel. Attempts to take count empty ones too. */
public final class ChannelMetrics extends ComponentMetrics {
    public final Counter putAttempts = flumeCounter("EventPutAttemptCount");
    public final Counter putSuccesses = flumeCounter("EventPutSuccessCount");
    public final Counter takeAttempts = flumeCounter("EventTakeAttemptCount");
    public final Counter takeSuccesses = flumeCounter("EventTakeSuccessCount");

    public ChannelMetrics(String component, MetricRegistry registry) {
        super(Kind.CHANNEL, component, registry);
    }

    /** The channel says how full it is; both in events. */
    public void fill(Gauge<Long> size, long capacity) {
        flumeGauge("ChannelSize", size);
        flumeGauge("ChannelCapacity", () -> capacity);
        flumeGauge(
                "ChannelFillPercentage", () -> capacity == 0 ? Double.MAX_VALUE : 100.0 * size.getValue() / capacity);
    }
}
