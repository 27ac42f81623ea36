package org.millrace.relay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Something that is not as in Flume.
 *
 * @param standing what it asks of an operator
 * @param where a kind and a type of component, such as {@code sink hdfs}; or what else there is, such as {@code launcher}; of a mistake: a
 *     pattern for the message of a finding, with its key before it
 * @param when what must be so for it to matter: {@code key}, {@code !key} for one that is left out, {@code key=pattern}, {@code
 *     key!=pattern} for one that is left out or does not match; several are separated by blanks; empty: always
 * @param flume what Flume 1.11 does, a sentence without its full stop
 * @param millrace what Millrace does
 * @param advice what to do; empty: nothing
 */
public record Difference(Standing standing, String where, String when, String flume, String millrace, String advice) {
    /** What a difference asks of an operator. */
    public enum Standing {
        /** What Flume does about a mistake that is refused here. */
        MISTAKE,
        /** It will not start, or not do what it did, unless something is changed. */
        CHANGE,
        /** It starts, and behaves otherwise. */
        DIFFERS,
        /** It starts, and a default should not stay. */
        ADVICE,
        /** Better, and nothing to do. */
        BETTER;

        static Standing of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** True if a component's lines are such that it matters. */
    boolean matters(Map<String, String> values) {
        for (String condition : when.split(" ")) {
            if (!condition.isEmpty() && !holds(condition, values)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(String condition, Map<String, String> values) {
        if (condition.startsWith("!")) {
            return !values.containsKey(condition.substring(1));
        }
        int equals = condition.indexOf('=');
        String value = values.get(key(condition));
        if (equals < 0) {
            return value != null;
        }
        boolean matches = value != null
                && Pattern.compile(condition.substring(equals + 1), Pattern.CASE_INSENSITIVE)
                        .matcher(value)
                        .matches();
        return matches != condition.startsWith("!=", equals - 1);
    }

    private static String key(String condition) {
        return condition.replaceFirst("!?=.*", "");
    }

    /** The keys that it looks for, as they would stand in a file. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (String condition : when.split(" ")) {
            if (!condition.isEmpty() && !condition.startsWith("!")) {
                keys.add(key(condition));
            }
        }
        return keys;
    }

    /** True if this tells what Flume does about that mistake. */
    boolean isOf(Finding finding) {
        return standing == Standing.MISTAKE
                && Pattern.compile(where)
                        .matcher(finding.key() + ": " + finding.message())
                        .find();
    }
}
