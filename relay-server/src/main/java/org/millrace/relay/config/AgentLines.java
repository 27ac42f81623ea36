package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one agent, sorted by the shape of their keys: {@code A.channels} (a list of names), {@code A.channels.C.key} (a line of
 * a component), or neither.
 */
final class AgentLines {
    private final String name;
    private final Map<Kind, Property> lists = new EnumMap<>(Kind.class);
    private final Map<Kind, Map<String, ComponentLines>> components = new EnumMap<>(Kind.class);
    private final List<Property> shapeless = new ArrayList<>();

    private AgentLines(String name) {
        this.name = name;
    }

    /** Sorts lines by agent. Keys without a dot come under the agent with the empty name. */
    static Map<String, AgentLines> byAgent(Collection<Property> properties) {
        Map<String, AgentLines> agents = new LinkedHashMap<>();
        for (Property property : properties) {
            int dot = property.key().indexOf('.');
            String agent = dot < 0 ? "" : property.key().substring(0, dot);
            agents.computeIfAbsent(agent, AgentLines::new).add(property.key().substring(dot + 1), property);
        }
        return agents;
    }

    private void add(String key, Property property) {
        String[] parts = key.split("\\.", 3);
        Kind kind = Kind.ofListKey(parts[0]).orElse(null);
        if (name.isEmpty() || kind == null || (parts.length == 2) || key.endsWith(".")) {
            shapeless.add(property);
        } else if (parts.length == 1) {
            lists.put(kind, property);
        } else {
            components
                    .computeIfAbsent(kind, k -> new LinkedHashMap<>())
                    .computeIfAbsent(parts[1], component -> noLines(kind, component))
                    .lines()
                    .put(parts[2], property);
        }
    }

    String name() {
        return name;
    }

    /** True if the file means this to be an agent: it lists sources, channels or sinks. */
    boolean isDeclared() {
        return lists.containsKey(Kind.SOURCE) || lists.containsKey(Kind.CHANNEL) || lists.containsKey(Kind.SINK);
    }

    /** The line with the list of the kind's components. */
    @Nullable
    Property list(Kind kind) {
        return lists.get(kind);
    }

    /** The names that the agent lists, in the order of the file. */
    Set<String> declared(Kind kind) {
        Property list = lists.get(kind);
        return list == null ? Set.of() : words(list.value());
    }

    /** Names between blanks; also between commas, which is a mistake that {@link AgentChecks} reports. */
    static Set<String> words(String list) {
        Set<String> words = new LinkedHashSet<>(List.of(list.split("[\\s,]+")));
        words.remove("");
        return words;
    }

    /** True if a sink group that the agent lists has this sink and another one. */
    boolean isGroupedWithOthers(String sink) {
        return declared(Kind.SINK_GROUP).stream()
                .map(group -> component(Kind.SINK_GROUP, group).lines().get("sinks"))
                .filter(Objects::nonNull)
                .map(list -> words(list.value()))
                .anyMatch(sinks -> sinks.contains(sink) && sinks.size() > 1);
    }

    /** The lines of a component, none if there are none. */
    ComponentLines component(Kind kind, String component) {
        return configured(kind).getOrDefault(component, noLines(kind, component));
    }

    private ComponentLines noLines(Kind kind, String component) {
        return new ComponentLines(/* agent= */ name, kind, /* name= */ component, new LinkedHashMap<>());
    }

    /** All components of the kind that have lines, by name. */
    Map<String, ComponentLines> configured(Kind kind) {
        return components.getOrDefault(kind, Map.of());
    }

    /** Lines whose keys are neither a list nor a component's. */
    List<Property> shapeless() {
        return shapeless;
    }

    /** Every line. */
    List<Property> all() {
        List<Property> all = new ArrayList<>(shapeless);
        all.addAll(lists.values());
        components
                .values()
                .forEach(byName -> byName.values()
                        .forEach(component -> all.addAll(component.lines().values())));
        return all;
    }
}
