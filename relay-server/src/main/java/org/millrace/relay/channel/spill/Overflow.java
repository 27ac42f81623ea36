package org.millrace.relay.channel.spill;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import org.millrace.api.Channel;
import org.millrace.api.ChannelMetrics;

/**
 * The channel on disk, with its own figures.
 *
 * @param registry where its figures are
 */
record Overflow(Channel channel, ChannelMetrics metrics, MetricRegistry registry) {
    /** Events in it, once it is started. */
    long events() {
        Gauge<?> size = metrics.flumeAttributes().get("ChannelSize");
        return size != null && size.getValue() instanceof Long events ? events : 0;
    }

    /** Shows its figures among those of the channel that it is a part of, as {@code overflow.<name>}. */
    void showFigures(ChannelMetrics to) {
        int own = MetricRegistry.name("channel", metrics.component()).length() + 1;
        registry.getGauges().forEach((name, gauge) -> to.gauge("overflow." + name.substring(own), gauge));
    }
}
