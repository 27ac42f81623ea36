package org.millrace.relay.config;

import java.util.Comparator;
import java.util.List;
import org.millrace.api.KeyDefinition;

/**
 * What there is to know about a type of component, taken from the code that reads its settings.
 *
 * @param kind such as {@code source}
 * @param typeNames Flume's alias first
 * @param summary a sentence without its full stop
 * @param keys those that must be there first, those without effect last, and otherwise in the order in which they are read; not {@code type}, nor those that say how components are tied together
 * @param origin such as {@code plug-in acme}; empty for ours
 */
public record ComponentReference(
        String kind, List<String> typeNames, String summary, List<KeyDefinition> keys, String origin) {
    public ComponentReference {
        typeNames = List.copyOf(typeNames);
        keys = keys.stream()
                .sorted(Comparator.comparing(KeyDefinition::standing))
                .toList();
    }

    /** The name to write in a file. */
    public String type() {
        return typeNames.get(0);
    }
}
