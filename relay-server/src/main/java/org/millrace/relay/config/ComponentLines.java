package org.millrace.relay.config;

import java.util.Map;

/**
 * The lines of one component.
 *
 * @param lines by key without {@link #prefix}, in the order of the file
 */
record ComponentLines(String agent, Kind kind, String name, Map<String, Property> lines) {
    /** Such as {@code collector.sinks.k1.}. */
    String prefix() {
        return agent + "." + kind.listKey() + "." + name + ".";
    }

    /** The line to name for what has no line of its own. */
    Place place(Place listPlace) {
        Property type = lines.get("type");
        if (type != null) {
            return type.place();
        }
        return lines.values().stream().findFirst().map(Property::place).orElse(listPlace);
    }
}
