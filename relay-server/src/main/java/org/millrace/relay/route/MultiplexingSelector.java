package org.millrace.relay.route;

import com.codahale.metrics.Counter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.support.LogThrottle;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.codec.HeaderName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each event to the channels that belong to a header's value: Flume's {@code multiplexing}. A batch whose events all go the same way is
 * passed on whole; otherwise each channel gets a batch of its own events, in their order. Thread-safe.
 */
final class MultiplexingSelector implements ChannelSelector {
    private static final Logger LOG = LoggerFactory.getLogger(MultiplexingSelector.class);

    private final HeaderName header;
    private final Map<String, Route> routes;
    private final Route byDefault;
    private final List<Channel> requiredChannels;
    private final Counter dropped;
    private final LogThrottle throttle;
    private final String source;

    /**
     * Where an event goes.
     *
     * @param targets none: it is dropped
     */
    record Route(List<Target> targets) {
        /** @param optional those that are required, too, are just that */
        static Route of(List<Channel> required, List<Channel> optional) {
            Set<Target> targets = new LinkedHashSet<>();
            required.forEach(channel -> targets.add(new Target(channel, true)));
            optional.stream()
                    .filter(channel -> !required.contains(channel))
                    .forEach(channel -> targets.add(new Target(channel, false)));
            return new Route(List.copyOf(targets));
        }
    }

    /** A channel, and whether the source has failed if that does not take an event. */
    private record Target(Channel channel, boolean isRequired) {}

    /**
     * @param routes by the header's value
     * @param byDefault of events without the header, and of all other values
     * @param channels the source's
     */
    MultiplexingSelector(
            HeaderName header,
            Map<String, Route> routes,
            Route byDefault,
            List<Channel> channels,
            Counter dropped,
            LogThrottle throttle,
            String source) {
        this.header = header;
        this.routes = Map.copyOf(routes);
        this.byDefault = byDefault;
        this.requiredChannels = channels.stream().filter(this::isRequired).toList();
        this.dropped = dropped;
        this.throttle = throttle;
        this.source = source;
    }

    private boolean isRequired(Channel channel) {
        Target target = new Target(channel, true);
        return byDefault.targets().contains(target)
                || routes.values().stream().anyMatch(route -> route.targets().contains(target));
    }

    @Override
    public List<Channel> requiredChannels() {
        return requiredChannels;
    }

    @Override
    public List<Delivery> select(EventBatch batch) {
        Route only = onlyRoute(batch);
        if (only != null) {
            if (only.targets().isEmpty()) {
                drop(batch.events());
            }
            return only.targets().stream()
                    .map(target -> new Delivery(target.channel(), batch.retain(), target.isRequired()))
                    .toList();
        }
        return parted(batch);
    }

    /** Null if the events of the batch go different ways. */
    private @Nullable Route onlyRoute(EventBatch batch) {
        EventReader event = batch.reader();
        event.next();
        Route first = route(event);
        while (event.next()) {
            if (!route(event).equals(first)) {
                return null;
            }
        }
        return first;
    }

    private List<Delivery> parted(EventBatch batch) {
        Map<Target, EventBatchBuilder> shares = new LinkedHashMap<>();
        try {
            EventReader event = batch.reader();
            int toNobody = 0;
            while (event.next()) {
                List<Target> targets = route(event).targets();
                if (targets.isEmpty()) {
                    toNobody++;
                }
                for (Target target : targets) {
                    shares.computeIfAbsent(target, t -> new EventBatchBuilder()).add(event);
                }
            }
            drop(toNobody);
            List<Delivery> deliveries = new ArrayList<>(shares.size());
            shares.forEach((target, share) ->
                    deliveries.add(new Delivery(target.channel(), share.build(), target.isRequired())));
            return deliveries;
        } finally {
            shares.values().forEach(EventBatchBuilder::close);
        }
    }

    private Route route(EventReader event) {
        String value = event.header(header);
        return value == null || value.isBlank() ? byDefault : routes.getOrDefault(value, byDefault);
    }

    private void drop(int events) {
        if (events == 0) {
            return;
        }
        dropped.inc(events);
        OptionalLong before = throttle.admit();
        if (before.isPresent()) {
            LOG.warn(
                    "source {}: {} events have no {} header, or one without a mapping, and there is no default: they are dropped; {} since the start",
                    source,
                    events,
                    header,
                    dropped.getCount());
        }
    }
}
