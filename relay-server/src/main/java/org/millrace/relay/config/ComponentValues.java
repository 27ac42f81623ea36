package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;

/**
 * The keys and values of a component, as they are once all that they refer to is resolved: equal if nothing about the component has
 * changed. Immutable.
 */
public final class ComponentValues {
    private final Map<String, String> values;
    private final Set<String> secretKeys;

    /**
     * @param values by key, without the component's prefix
     * @param secretKeys those whose values nobody is to see
     */
    ComponentValues(Map<String, String> values, Set<String> secretKeys) {
        this.values = Map.copyOf(values);
        this.secretKeys = Set.copyOf(secretKeys);
    }

    /** What stands under a key, masked if it is a secret; null if nothing does. */
    public @Nullable String shown(String key) {
        String value = values.get(key);
        return value == null ? null : shown(key, value);
    }

    /** What became of the keys, a line for each that changed, in the order of their names; secrets are masked. */
    public List<String> changesTo(ComponentValues next) {
        Set<String> keys = new TreeSet<>(values.keySet());
        keys.addAll(next.values.keySet());
        List<String> changes = new ArrayList<>();
        for (String key : keys) {
            String before = values.get(key);
            String after = next.values.get(key);
            if (before == null && after != null) {
                changes.add(key + ": " + next.shown(key, after) + " is new");
            } else if (before != null && after == null) {
                changes.add(key + ": " + shown(key, before) + " is gone");
            } else if (before != null && after != null && !before.equals(after)) {
                changes.add(key + ": " + shown(key, before) + " -> " + next.shown(key, after));
            }
        }
        return changes;
    }

    private String shown(String key, String value) {
        return secretKeys.contains(key) ? Settings.MASK : value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ComponentValues same && values.equals(same.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Without the values: some may be secrets. */
    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
