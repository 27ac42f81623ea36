package org.millrace.relay.config;

import org.jspecify.annotations.Nullable;

/**
 * Something to tell the operator about the configuration.
 *
 * @param place null if it stands in no file
 * @param key the key in question, or empty
 */
public record Finding(Level level, @Nullable Place place, String key, String message) {
    /** How bad it is. */
    public enum Level {
        /** The configuration is refused; lenient: passed over. */
        MISTAKE,
        /** A component is left out because of a mistake elsewhere. Only told where it matters: when lenient. */
        DROPPED,
        /** Worth knowing. */
        NOTE
    }

    /** As an operator reads it: {@code file:line: key: message}. */
    @Override
    public String toString() {
        return (place == null ? "" : place + ": ") + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
