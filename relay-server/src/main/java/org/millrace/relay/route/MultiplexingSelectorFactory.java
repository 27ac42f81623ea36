package org.millrace.relay.route;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.millrace.api.Channel;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SelectorContext;
import org.millrace.api.Settings;
import org.millrace.api.support.LogThrottle;
import org.millrace.codec.HeaderName;
import org.millrace.relay.route.MultiplexingSelector.Route;

/** Makes Flume's {@code multiplexing}: {@code header}, {@code mapping.VALUE}, {@code optional.VALUE}, {@code default}. */
public final class MultiplexingSelectorFactory implements ComponentFactory.OfSelector {
    private static final String DEFAULT = "default";

    @Override
    public List<String> typeNames() {
        return List.of("multiplexing", "org.apache.flume.channel.MultiplexingChannelSelector");
    }

    @Override
    public String summary() {
        return "Gives an event to the channels that belong to the value of one of its headers";
    }

    @Override
    public ChannelSelector create(SelectorContext context, Settings settings) {
        settings.define("mapping.<VALUE>", "channels of the source", "who gets the events with that value");
        settings.define(
                "optional.<VALUE>",
                "channels of the source",
                "who gets them too, and may fail without the source being told");
        HeaderName header = HeaderName.of(settings.string("header")
                .about("the header whose value decides; exactly, capitals matter")
                .orElse("flume.selector.header"));
        ChannelNames names = new ChannelNames(context.channels());
        Map<String, List<Channel>> required = channels(settings, "mapping.", names);
        Map<String, List<Channel>> optional = channels(settings, "optional.", names);
        List<Channel> byDefault = names.find(
                settings,
                DEFAULT,
                settings.words(DEFAULT)
                        .about(
                                "who gets events without the header, and those with any other value; nobody: they are dropped")
                        .orElse(List.of()));
        if (byDefault.isEmpty()) {
            settings.note(
                    DEFAULT,
                    "is not set: an event without the header, or with a value that has no mapping, is dropped and counted as multiplexedAway");
        }
        Map<String, Route> routes = new HashMap<>();
        Set<String> values = new TreeSet<>(required.keySet());
        values.addAll(optional.keySet());
        for (String value : values) {
            routes.put(
                    value, Route.of(required.getOrDefault(value, byDefault), optional.getOrDefault(value, List.of())));
        }
        return new MultiplexingSelector(
                header,
                routes,
                Route.of(byDefault, List.of()),
                context.channels(),
                context.metrics().counter("multiplexedAway"),
                new LogThrottle(context.clock(), Duration.ofMinutes(1)),
                context.source());
    }

    /** By value. */
    private static Map<String, List<Channel>> channels(Settings settings, String prefix, ChannelNames names) {
        Map<String, List<Channel>> byValue = new HashMap<>();
        Settings lists = settings.under(prefix);
        for (String value : lists.all().keySet()) {
            List<String> list = lists.words(value)
                    .about("who gets the events with that value")
                    .required();
            byValue.put(value, names.find(settings, prefix + value, list));
        }
        return byValue;
    }
}
