package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.Destinations;

/**
 * The channels into which the sinks of an agent put what they do not deliver, while the agent is put together. No event may come back from
 * there to a sink that has put it: it would go round for ever.
 */
final class SinkDestinations {
    private final Channels channels;
    /** Every way that is known so far. */
    private final List<Way> ways = new ArrayList<>();

    /** An event that this sink takes from the one channel may go to the other. */
    private record Way(String from, String to, String sink) {}

    SinkDestinations(Channels channels) {
        this.channels = channels;
    }

    /** Those of one sink: looks up what it asks for, and keeps it. */
    final class OfSink implements Destinations {
        private final ComponentSettings lines;
        private final String sink;
        private final String from;
        /** By the key that names it. */
        private final Map<String, Channel> found = new LinkedHashMap<>();

        /** @param from the channel that it takes from */
        OfSink(ComponentSettings lines, String sink, String from) {
            this.lines = lines;
            this.sink = sink;
            this.from = from;
        }

        @Override
        public @Nullable Channel find(String key, String name) {
            if (!channels.check(lines, key, name)) {
                return null;
            }
            channels.isFilled(name);
            if (name.equals(from)) {
                lines.problem(
                        key,
                        name
                                + " (expected: another channel than the sink's own, from which it would take the events again)");
                return null;
            }
            List<Way> back = waysBack(name, from);
            if (back != null) {
                lines.problem(
                        key,
                        name + " (expected: a channel from which events do not come back to " + from + ": "
                                + String.join(
                                        ", ",
                                        back.stream()
                                                .map(SinkDestinations::told)
                                                .toList()) + ")");
                return null;
            }
            ways.add(new Way(from, name, sink));
            Channel channel = channels.get(name);
            found.put(key, channel);
            return channel;
        }

        /** All that the sink asked for and may use. */
        List<Channel> channels() {
            return List.copyOf(found.values());
        }

        /** What the key names. */
        String nameOf(String key) {
            Channel channel = found.get(key);
            return channel == null ? "" : channel.name();
        }

        /** The key of one that has a mistake itself, so that the sink cannot run; null if there is none. */
        @Nullable
        String badKey() {
            return found.entrySet().stream()
                    .filter(each -> !channels.isGood(each.getValue().name()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(null);
        }
    }

    private static String told(Way way) {
        return "sink " + way.sink() + " takes from " + way.from() + " and puts into " + way.to();
    }

    /** The steps by which an event comes from the one channel to the other; null if it does not. */
    private @Nullable List<Way> waysBack(String from, String to) {
        return waysBack(from, to, new HashSet<>());
    }

    private @Nullable List<Way> waysBack(String from, String to, Set<String> seen) {
        if (!seen.add(from)) {
            return null;
        }
        for (Way way : ways) {
            if (way.from().equals(from)) {
                List<Way> rest = way.to().equals(to) ? List.of() : waysBack(way.to(), to, seen);
                if (rest != null) {
                    List<Way> all = new ArrayList<>(List.of(way));
                    all.addAll(rest);
                    return all;
                }
            }
        }
        return null;
    }
}
