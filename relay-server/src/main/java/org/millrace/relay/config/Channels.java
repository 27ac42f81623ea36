package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.millrace.api.BatchSized;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ComponentFactory;
import org.millrace.relay.config.Assembly.ChannelPart;

/** The channels of an agent while it is put together, and who uses them. */
final class Channels {
    private final Workshop workshop;
    /** The good ones. */
    private final Map<String, ChannelPart> parts = new LinkedHashMap<>();
    /** Those with a mistake. */
    private final Map<String, Channel> standIns = new LinkedHashMap<>();

    private final Set<String> filled = new LinkedHashSet<>();
    private final Set<String> drained = new LinkedHashSet<>();
    /** Readers that some sink takes from, as CHANNEL/READER. */
    private final Set<String> takenReaders = new HashSet<>();
    /** True once a source or sink names no channel, or one that is not there: it may have meant one that seems unused. */
    private boolean missed;

    Channels(Workshop workshop) {
        this.workshop = workshop;
        workshop.agent().declared(Kind.CHANNEL).forEach(this::make);
    }

    private void make(String name) {
        ComponentSettings lines = workshop.settings(Kind.CHANNEL, name);
        lines.settings().ignored("types are named by the type key alone", "config");
        standIns.put(name, new ChannelStandIn(name));
        ComponentFactory.OfChannel factory = workshop.catalog().channels().factory(lines);
        if (factory == null) {
            return;
        }
        ChannelMetrics metrics = new ChannelMetrics(name, new MetricRegistry());
        ChannelContext context = new ChannelContext(workshop.agent().name(), name, metrics, workshop.clock());
        Channel channel = workshop.make(lines, () -> factory.create(context, lines.settings()));
        lines.reportUnknownKeys(Set.of());
        lines.noteEmptyValues();
        if (channel != null && lines.isGood()) {
            standIns.remove(name);
            String type = factory.typeNames().get(0);
            parts.put(name, workshop.continuity().of(new ChannelPart(name, type, channel, metrics, lines.values())));
        }
    }

    boolean isGood(String name) {
        return parts.containsKey(name);
    }

    /** The channel of that name, or what stands in for it. */
    Channel get(String name) {
        ChannelPart part = parts.get(name);
        return part == null ? standIns.getOrDefault(name, new ChannelStandIn(name)) : part.channel();
    }

    /** Reports a name that is no channel's, or the lack of one. */
    boolean check(ComponentSettings user, String key, String name) {
        Set<String> declared = workshop.agent().declared(Kind.CHANNEL);
        if (declared.contains(name)) {
            return true;
        }
        missed = true;
        user.problem(
                key,
                (name.isEmpty() ? "missing" : name)
                        + (declared.isEmpty()
                                ? " (expected: a declared channel, but there is none)"
                                : " (expected: one of the declared channels: " + String.join(", ", declared)
                                        + (name.isEmpty() ? "" : Nearest.hint(name, declared)) + ")"));
        return false;
    }

    void isFilled(String name) {
        filled.add(name);
    }

    void isDrained(String name) {
        drained.add(name);
    }

    /** A sink takes from this reader. */
    void isTaken(String name, String reader) {
        takenReaders.add(name + "/" + reader);
    }

    /** A sink names a reader that is not there: it may have meant one that nobody seems to take from. */
    void readerIsMissed() {
        missed = true;
    }

    private void reportIdleReaders(ComponentSettings lines, ChannelPart part) {
        for (String reader : part.channel().readerNames()) {
            if (!missed && !takenReaders.contains(part.name() + "/" + reader)) {
                lines.problem(
                        "readers",
                        reader + " (expected: a sink that takes from it, with reader = " + reader
                                + "; without one the channel fills up)");
            }
        }
    }

    /** Reports a source or sink whose batches do not fit a channel. */
    void checkBatch(ComponentSettings user, Object component, String name) {
        ChannelPart part = parts.get(name);
        if (part == null || !(component instanceof BatchSized sized)) {
            return;
        }
        int capacity = part.channel().transactionCapacity();
        if (sized.batchEvents() > capacity) {
            String value = sized.batchEvents() + (user.keys().contains(sized.batchKey()) ? "" : " by default");
            user.problem(
                    sized.batchKey(),
                    value + " (expected: at most " + capacity + ", as channel " + name + " holds no larger batch: "
                            + workshop.whereIs(Kind.CHANNEL, name, "transactionCapacity")
                            + "; lower the one or raise the other)");
        }
    }

    /**
     * The channels that somebody uses. Others are mistakes; one that is only filled is worth a note.
     *
     * @param inUse those that good sources and sinks use
     */
    List<ChannelPart> used(Set<String> inUse) {
        List<ChannelPart> used = new ArrayList<>();
        for (String name : workshop.agent().declared(Kind.CHANNEL)) {
            ComponentSettings lines = workshop.settings(Kind.CHANNEL, name);
            String list = workshop.agent().name() + ".channels." + name;
            ChannelPart part = parts.get(name);
            if (!filled.contains(name) && !drained.contains(name) && !missed) {
                workshop.findings()
                        .mistake(
                                lines.placeOf("type"),
                                list,
                                "no source and no sink uses this channel (expected: at least one)");
            } else if (part == null || !inUse.contains(name)) {
                workshop.findings().dropped(lines.placeOf("type"), list, "is left out");
            } else {
                if (!drained.contains(name)) {
                    lines.note("type", "no sink takes from this channel: it will fill up");
                }
                reportIdleReaders(lines, part);
                used.add(part);
            }
        }
        return used;
    }
}
