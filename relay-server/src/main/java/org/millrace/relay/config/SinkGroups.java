package org.millrace.relay.config;

import com.codahale.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SinkProcessor;
import org.millrace.relay.config.Assembly.GroupPart;
import org.millrace.relay.config.Assembly.GroupRun;
import org.millrace.relay.config.Assembly.SinkPart;

/**
 * Makes the sink groups of an agent. A group with a mistake is left out, and so are its sinks: what was to be one way out of the channel
 * must not become several.
 */
final class SinkGroups {
    private static final String PROCESSOR = "processor.";

    private final Workshop workshop;
    private final Map<String, SinkPart> sinks = new LinkedHashMap<>();
    /** The group of each sink. */
    private final Map<String, String> groupOf = new HashMap<>();

    private final Set<String> leftOut = new HashSet<>();
    /** As they are in the groups that were made. */
    private final Map<String, SinkPart> ofGroups = new HashMap<>();

    /** @param sinks the good ones */
    SinkGroups(Workshop workshop, List<SinkPart> sinks) {
        this.workshop = workshop;
        sinks.forEach(sink -> this.sinks.put(sink.name(), sink));
    }

    /** The good ones. */
    List<GroupPart> make() {
        List<GroupPart> groups = new ArrayList<>();
        for (String group : workshop.agent().declared(Kind.SINK_GROUP)) {
            make(group, groups);
        }
        return groups;
    }

    /** After {@link #make}: the good ones, but for those of groups that are left out. */
    List<SinkPart> sinksThatRun() {
        List<SinkPart> that = new ArrayList<>();
        for (SinkPart sink : sinks.values()) {
            SinkPart grouped = ofGroups.get(sink.name());
            if (grouped != null) {
                that.add(grouped);
            } else if (!leftOut.contains(sink.name())) {
                that.add(workshop.continuity().ofSingle(sink));
            }
        }
        return that;
    }

    private void make(String group, List<GroupPart> groups) {
        ComponentSettings all = workshop.settings(Kind.SINK_GROUP, group);
        ComponentSettings own = all.only(key -> !key.startsWith(PROCESSOR));
        List<String> names = names(own, group);
        List<SinkPart> parts =
                names.stream().map(sinks::get).flatMap(Stream::ofNullable).toList();
        checkChannel(own, parts);
        own.reportUnknownKeys(Set.of());
        ComponentSettings lines = processorLines(all, names);
        ComponentFactory.OfSinkProcessor factory =
                workshop.catalog().sinkProcessors().factory(lines);
        MetricRegistry registry = new MetricRegistry();
        List<SinkProcessor> processors = factory == null ? null : processors(group, names, factory, lines, registry);
        boolean runsWithout = workshop.lenient() && !parts.isEmpty();
        if (factory == null || processors == null || !own.isGood() || !lines.isGood()) {
            leaveOut(own, group, parts);
        } else if (!processors.isEmpty() && (parts.size() == names.size() || runsWithout)) {
            String type = factory.typeNames().get(0);
            GroupPart part = workshop.continuity()
                    .of(new GroupPart(group, type, parts, runs(group, processors, registry), all.values()));
            part.sinks().forEach(sink -> ofGroups.put(sink.name(), sink));
            groups.add(part);
        }
    }

    private @Nullable List<SinkProcessor> processors(
            String group,
            List<String> names,
            ComponentFactory.OfSinkProcessor factory,
            ComponentSettings lines,
            MetricRegistry registry) {
        List<SinkProcessor.Member> members = new ArrayList<>();
        for (String name : names) {
            SinkPart part = sinks.get(name);
            if (part != null) {
                members.add(new SinkProcessor.Member(name, part.sink(), part.metrics()));
            } else if (!workshop.lenient()) {
                SinkMetrics none = new SinkMetrics(name, new MetricRegistry());
                members.add(new SinkProcessor.Member(name, new SinkStandIn(name), none));
            }
        }
        SinkGroupMetrics metrics = new SinkGroupMetrics(group, registry);
        SinkGroupContext context = new SinkGroupContext(workshop.agent().name(), group, metrics);
        List<SinkProcessor> processors = members.isEmpty()
                ? List.of()
                : workshop.make(lines, () -> factory.create(context, members, lines.settings()));
        if (members.isEmpty()) {
            lines.settings().all(); // nobody to ask for them: the list is what is wrong
        }
        lines.reportUnknownKeys(Set.of());
        lines.noteEmptyValues();
        return processors;
    }

    private static List<GroupRun> runs(String group, List<SinkProcessor> processors, MetricRegistry registry) {
        List<GroupRun> runs = new ArrayList<>();
        for (SinkProcessor processor : processors) {
            String name = processors.size() == 1 ? group : group + "/" + (runs.size() + 1);
            runs.add(new GroupRun(name, processor, new SinkGroupMetrics(name, registry)));
        }
        return runs;
    }

    /** The processor's keys. Those of a sink that a lenient agent goes on without are nobody's. */
    private ComponentSettings processorLines(ComponentSettings all, List<String> names) {
        ComponentSettings lines = all;
        if (workshop.lenient()) {
            lines = all.only(
                    key -> names.stream().noneMatch(name -> !sinks.containsKey(name) && key.endsWith("." + name)));
        }
        return lines.under(PROCESSOR, "sinks");
    }

    private void leaveOut(ComponentSettings lines, String group, List<SinkPart> parts) {
        if (parts.isEmpty()) {
            return;
        }
        List<String> names = parts.stream().map(SinkPart::name).toList();
        leftOut.addAll(names);
        workshop.findings()
                .dropped(
                        lines.placeOf("sinks"),
                        workshop.agent().name() + ".sinkgroups." + group,
                        "is left out, and so are its sinks: " + String.join(", ", names));
    }

    /** The group has one thread, which waits for one channel; and a sink cannot take over what is in another channel than its own. */
    private static void checkChannel(ComponentSettings lines, List<SinkPart> parts) {
        for (SinkPart part : parts) {
            SinkPart first = parts.get(0);
            if (!part.reader().name().equals(first.reader().name())) {
                lines.problem(
                        "sinks",
                        part.name() + " takes from channel " + part.reader().name() + " (expected: channel "
                                + first.reader().name() + ", as " + first.name()
                                + " does: one can take over from the other only within a channel)");
            }
        }
    }

    /** The sinks of the group that are declared, and in no other group. */
    private List<String> names(ComponentSettings lines, String group) {
        String list = lines.settings().string("sinks").orElse("");
        Set<String> declared = workshop.agent().declared(Kind.SINK);
        if (list.isEmpty()) {
            lines.problem("sinks", "missing (expected: names of sinks)");
        } else if (list.contains(",")) {
            lines.problem("sinks", list + " (expected: names separated by blanks, not commas)");
        }
        List<String> names = new ArrayList<>();
        for (String sink : AgentLines.words(list)) {
            String other = groupOf.get(sink);
            if (!declared.contains(sink)) {
                lines.problem(
                        "sinks",
                        sink + " (expected: one of the declared sinks: " + String.join(", ", declared)
                                + Nearest.hint(sink, declared) + ")");
            } else if (other != null) {
                lines.problem(
                        "sinks", sink + " is in the group " + other + " already (expected: one group for a sink)");
            } else {
                groupOf.put(sink, group);
                names.add(sink);
            }
        }
        return names;
    }
}
