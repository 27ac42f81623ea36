package org.millrace.relay.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.millrace.relay.config.FlumeTypes.TypeKind;

/**
 * Checks the sink groups. A group of one sink with Flume's default processor means what no group means, so nothing is made of it; the
 * processors that choose among sinks are not here yet.
 */
final class SinkGroups {
    private final Workshop workshop;
    /** The group of each sink. */
    private final Map<String, String> groupOf = new HashMap<>();

    SinkGroups(Workshop workshop) {
        this.workshop = workshop;
    }

    void check() {
        workshop.agent().declared(Kind.SINK_GROUP).forEach(this::check);
    }

    private void check(String group) {
        ComponentSettings lines = workshop.settings(Kind.SINK_GROUP, group);
        Set<String> sinks = sinks(lines, group);
        String type = lines.settings().string("processor.type").orElse("");
        if (type.isEmpty()) {
            lines.problem("processor.type", "missing (expected: default)");
        } else if (!type.equalsIgnoreCase("default")
                && !type.equalsIgnoreCase("org.apache.flume.sink.DefaultSinkProcessor")) {
            boolean later = FlumeTypes.has(TypeKind.SINK_PROCESSOR, type);
            lines.problem(
                    "processor.type",
                    type + (later ? " (not supported yet; expected: default)" : " (expected: default)"));
            lines.settings().under("processor.").all(); // the keys of a processor that we do not know
        } else if (sinks.size() > 1) {
            lines.problem("sinks", String.join(" ", sinks) + " (expected: one sink, as processor.type is default)");
        }
        lines.reportUnknownKeys(Set.of());
    }

    private Set<String> sinks(ComponentSettings lines, String group) {
        String list = lines.settings().string("sinks").orElse("");
        if (list.isEmpty()) {
            lines.problem("sinks", "missing (expected: names of sinks)");
        }
        Set<String> sinks = AgentLines.words(list);
        Set<String> declared = workshop.agent().declared(Kind.SINK);
        for (String sink : sinks) {
            if (!declared.contains(sink)) {
                lines.problem(
                        "sinks",
                        sink + " (expected: one of the declared sinks: " + String.join(", ", declared)
                                + Nearest.hint(sink, declared) + ")");
            }
            String other = groupOf.putIfAbsent(sink, group);
            if (other != null) {
                lines.problem(
                        "sinks", sink + " is in the group " + other + " already (expected: one group for a sink)");
            }
        }
        return sinks;
    }
}
