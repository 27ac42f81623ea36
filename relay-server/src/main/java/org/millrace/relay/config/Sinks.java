package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.millrace.api.Channel;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.relay.config.Assembly.SinkPart;

/** Makes the sinks of an agent. */
final class Sinks {
    private final Workshop workshop;
    private final Channels channels;

    Sinks(Workshop workshop, Channels channels) {
        this.workshop = workshop;
        this.channels = channels;
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
        SinkMetrics metrics = new SinkMetrics(name, workshop.registry());
        SinkContext context = new SinkContext(workshop.agent().name(), name, channel, metrics, workshop.clock());
        Sink sink = workshop.make(lines, () -> factory.create(context, lines.settings()));
        lines.reportUnknownKeys(Set.of());
        lines.noteEmptyValues();
        if (sink == null || !lines.isGood()) {
            return;
        }
        channels.checkBatch(lines, sink, channelName);
        if (lines.isGood() && channels.isGood(channelName)) {
            parts.add(new SinkPart(name, factory.typeNames().get(0), sink, channel, metrics));
        } else if (lines.isGood()) {
            workshop.findings()
                    .dropped(
                            lines.placeOf("channel"),
                            lines.fullKey("channel"),
                            "sink is left out, as channel " + channelName + " is");
        }
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
