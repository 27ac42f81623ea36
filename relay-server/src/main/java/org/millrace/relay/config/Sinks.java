package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.millrace.api.Channel;
import org.millrace.api.ChannelReader;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.relay.config.Assembly.SinkPart;

/** Makes the sinks of an agent. */
final class Sinks {
    private final Workshop workshop;
    private final Channels channels;
    private final SinkDestinations destinations;

    Sinks(Workshop workshop, Channels channels) {
        this.workshop = workshop;
        this.channels = channels;
        this.destinations = new SinkDestinations(channels);
    }

    /** The good ones. */
    List<SinkPart> make() {
        List<SinkPart> parts = new ArrayList<>();
        for (String name : workshop.agent().declared(Kind.SINK)) {
            make(name, parts);
        }
        return parts;
    }

    private void make(String name, List<SinkPart> parts) {
        ComponentSettings lines = workshop.settings(Kind.SINK, name);
        lines.settings().ignored("types are named by the type key alone", "config");
        String channelName = channelName(lines);
        ComponentFactory.OfSink factory = workshop.catalog().sinks().factory(lines);
        if (factory == null) {
            return;
        }
        Channel channel = channels.get(channelName);
        ChannelReader reader = reader(lines, channel);
        SinkMetrics metrics = new SinkMetrics(name, new MetricRegistry());
        SinkDestinations.OfSink puts = destinations.new OfSink(lines, name, channelName);
        AgentLines agent = workshop.agent();
        SinkContext context = new SinkContext(
                agent.name(), name, reader, metrics, workshop.clock(), puts, agent.isGroupedWithOthers(name));
        Sink sink = workshop.make(lines, () -> factory.create(context, lines.settings()));
        lines.reportUnknownKeys(Set.of());
        lines.noteEmptyValues();
        if (sink == null || !lines.isGood()) {
            return;
        }
        channels.checkBatch(lines, sink, channelName);
        String badKey = channels.isGood(channelName) ? puts.badKey() : "channel";
        if (lines.isGood() && badKey == null) {
            String type = factory.typeNames().get(0);
            parts.add(new SinkPart(name, type, sink, channel, reader, puts.channels(), metrics, lines.values()));
        } else if (lines.isGood() && badKey != null) {
            String badChannel = badKey.equals("channel") ? channelName : puts.nameOf(badKey);
            workshop.findings()
                    .dropped(
                            lines.placeOf(badKey),
                            lines.fullKey(badKey),
                            "sink is left out, as channel " + badChannel + " is");
        }
    }

    /**
     * Where the sink takes from. A channel that has readers is taken from through these alone; another one has none to name. What
     * stands in for a channel that could not be made knows none of its readers, and nothing is said about them.
     */
    private ChannelReader reader(ComponentSettings lines, Channel channel) {
        List<String> readers = channel.readerNames();
        if (readers.isEmpty() && !lines.settings().has("reader")) {
            return channel; // where the key has no meaning it is not among those that are expected
        }
        String name = lines.settings().string("reader").orElse("");
        if (readers.contains(name)) {
            channels.isTaken(channel.name(), name);
            return channel.reader(name);
        }
        if (!readers.isEmpty()) {
            channels.readerIsMissed();
            lines.problem(
                    "reader",
                    (name.isEmpty() ? "missing" : name) + " (expected: one of the readers of channel " + channel.name()
                            + ": " + String.join(", ", readers) + (name.isEmpty() ? "" : Nearest.hint(name, readers))
                            + "; " + workshop.whereIs(Kind.CHANNEL, channel.name(), "readers") + ")");
        } else if (!name.isEmpty() && channels.isGood(channel.name())) {
            lines.problem(
                    "reader", name + " (expected: no such key, as channel " + channel.name() + " has no readers)");
        }
        return channel;
    }

    /** The name of the sink's channel; a name of no channel has been reported. */
    private String channelName(ComponentSettings lines) {
        String name = lines.settings().string("channel").orElse("");
        if (channels.check(lines, "channel", name)) {
            channels.isDrained(name);
        }
        return name;
    }
}
