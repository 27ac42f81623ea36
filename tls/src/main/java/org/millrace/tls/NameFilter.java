package org.millrace.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of the JDK's protocols, or of its cipher suites, are offered. Immutable.
 *
 * @param included by name; none for those that the JDK has on by default
 * @param excluded by name, from either
 */
record NameFilter(List<String> included, List<String> excluded) {
    NameFilter {
        included = List.copyOf(included);
        excluded = List.copyOf(excluded);
    }

    /** In the JDK's order of preference. */
    String[] apply(String[] byDefault, String[] supported) {
        Set<String> from = new LinkedHashSet<>(Arrays.asList(included.isEmpty() ? byDefault : supported));
        if (!included.isEmpty()) {
            from.retainAll(included);
        }
        excluded.forEach(from::remove);
        return from.toArray(new String[0]);
    }

    static List<String> unknown(List<String> names, String[] supported) {
        List<String> unknown = new ArrayList<>(names);
        unknown.removeAll(Arrays.asList(supported));
        return unknown;
    }
}
