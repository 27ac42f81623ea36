package org.millrace.relay.sink.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.millrace.api.Settings;

/**
 * Whether something is to be done for an HTTP status. Immutable.
 *
 * @param byDefault for statuses that nothing is said of
 * @param overrides by status, such as {@code 503}, or by class, such as {@code 5XX}; a status comes before its class
 */
record StatusRules(boolean byDefault, Map<String, Boolean> overrides) {
    private static final Pattern CODE = Pattern.compile("[1-9]([0-9]{2}|XX)");

    boolean appliesTo(int status) {
        Boolean own = overrides.get(Integer.toString(status));
        return own != null ? own : overrides.getOrDefault(status / 100 + "XX", byDefault);
    }

    /**
     * @param name the keys are {@code default} and this, and this with a status behind a dot
     * @param meaning of true
     */
    static StatusRules read(Settings settings, String name, boolean flumesDefault, String meaning) {
        String defaultKey = "default" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        boolean byDefault =
                settings.bool(defaultKey).about(meaning + ", for any status").orElse(flumesDefault);
        settings.define(
                name + ".<STATUS>", "true or false", meaning + ", for a status such as 503, or a class such as 5XX");
        Settings keys = settings.under(name + ".");
        Map<String, Boolean> overrides = new HashMap<>();
        for (String code : keys.all().keySet()) {
            if (CODE.matcher(code).matches()) {
                overrides.put(code, keys.bool(code).about(meaning).orElse(byDefault));
            } else {
                keys.problem(code, "is no status (expected: a status such as 503, or a class such as 5XX)");
            }
        }
        return new StatusRules(byDefault, Map.copyOf(overrides));
    }
}
