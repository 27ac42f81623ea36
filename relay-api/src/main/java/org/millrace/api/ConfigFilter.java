package org.millrace.api;

import org.jspecify.annotations.Nullable;

/**
 * Looks up what <code>${FILTER['key']}</code> in a configuration stands for: a secret, as a rule, whose value is never shown. Asked once
 * for each reference while a configuration is read, by one thread; it may block for a moment, and has to end.
 */
@FunctionalInterface
public interface ConfigFilter {
    /**
     * @param key of letters, digits, hyphens and underscores
     * @return the value; null if there is none under that key
     * @throws FilterException if it cannot tell
     */
    @Nullable
    String value(String key) throws FilterException;

    /** Why a filter cannot tell a value. */
    final class FilterException extends Exception {
        private static final long serialVersionUID = 1;

        /** @param message for the operator, without anything secret */
        public FilterException(String message) {
            super(message);
        }

        /** @param message for the operator, without anything secret */
        public FilterException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
