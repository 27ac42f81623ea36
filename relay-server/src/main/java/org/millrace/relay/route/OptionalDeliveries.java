package org.millrace.relay.route;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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
    /** Announced, and neither in their channels nor given up. */
    private final AtomicInteger pending = new AtomicInteger();

    OptionalDeliveries(SourceMetrics metrics, InstantSource clock, Duration logInterval) {
        this.source = metrics.component();
        this.lost = metrics.counter("optionalEventsLost");
        this.throttle = new LogThrottle(clock, logInterval);
    }

    /** So many will be submitted or dropped. To be called before the required channels can have answered to the source. */
    void announce(int deliveries) {
        pending.addAndGet(deliveries);
    }

    boolean isSettled() {
        return pending.get() == 0;
    }

    /** Takes the batches over, which were announced. */
    void submit(List<Delivery> deliveries) {
        for (Delivery delivery : deliveries) {
            int events = delivery.batch().events();
            submit(delivery).whenComplete((done, failure) -> {
                if (failure != null) {
                    failed(delivery.channel(), events, failure);
                }
                pending.decrementAndGet();
            });
        }
    }

    /** A channel that throws has refused, as one that answers so: else the rest would stay pending for ever. */
    private static CompletableFuture<Void> submit(Delivery delivery) {
        try {
            return delivery.channel().submit(delivery.batch());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** For deliveries that will not be made, since a required channel has failed. Takes the batches over. */
    void drop(List<Delivery> deliveries) {
        deliveries.forEach(delivery -> delivery.batch().release());
        pending.addAndGet(-deliveries.size());
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
