package org.millrace.relay.route;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector.Delivery;
import org.millrace.api.SourceMetrics;
import org.millrace.api.support.LogThrottle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to channels that may fail to take them: that is counted and now and then logged, and the source never knows. Thread-safe. */
final class OptionalDeliveries {
    private static final Logger LOG = LoggerFactory.getLogger(OptionalDeliveries.class);

    private final String source;
    private final Counter lost;
    private final LogThrottle throttle;

    OptionalDeliveries(SourceMetrics metrics, InstantSource clock, Duration logInterval) {
        this.source = metrics.component();
        this.lost = metrics.counter("optionalEventsLost");
        this.throttle = new LogThrottle(clock, logInterval);
    }

    /** Takes the batches over. */
    void submit(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            int events = delivery.batch().events();
            delivery.channel().submit(delivery.batch()).whenComplete((done, failure) -> {
                if (failure != null) {
                    failed(delivery.channel(), events, failure);
                }
            });
        }
    }

    /** For deliveries that will not be made, since a required channel has failed. Takes the batches over. */
    static void drop(List<Delivery> deliveries) {
        deliveries.forEach(delivery -> delivery.batch().release());
    }

    private void failed(Channel channel, int events, Throwable failure) {
        lost.inc(events);
        throttle.admit()
                .ifPresent(leftOut -> LOG.warn(
                        "source {}: optional channel {} did not take {} events, they are not in it (and {} failures before that were not logged): {}",
                        source,
                        channel.name(),
                        events,
                        leftOut,
                        failure.getMessage()));
    }
}
