package org.millrace.relay.source.syslog;

import java.util.List;
import java.util.Locale;

/** Which parts of a message stay in the body: {@code keepFields}. */
record KeepFields(boolean all, boolean priority, boolean version, boolean timestamp, boolean hostname) {
    static final KeepFields NONE = new KeepFields(false, false, false, false, false);
    static final String EXPECTED = "none, all, or some of: priority version timestamp hostname";

    private static final List<String> FIELDS = List.of("priority", "version", "timestamp", "hostname");

    /**
     * As Flume reads it: {@code false} is none, {@code true} is all, and of anything else the names that are in it count; but a word without
     * any is a slip, and refused.
     */
    static KeepFields parse(String text) {
        String fields = text.toLowerCase(Locale.ENGLISH);
        switch (fields) {
            case "false", "none" -> {
                return NONE;
            }
            case "true", "all" -> {
                return new KeepFields(true, false, false, false, false);
            }
            default -> {
                for (String word : fields.split("[\\s,]+")) {
                    if (FIELDS.stream().noneMatch(word::contains)) {
                        throw new IllegalArgumentException("not " + word);
                    }
                }
                return new KeepFields(
                        false,
                        fields.contains("priority"),
                        fields.contains("version"),
                        fields.contains("timestamp"),
                        fields.contains("hostname"));
            }
        }
    }
}
