package org.millrace.shipper;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What becomes of an event that finds the buffer full. */
public enum WhenFull {
    /** It is dropped and counted. */
    DROP_NEWEST,
    /** Those that have waited longest are dropped and counted to make room for it. */
    DROP_OLDEST,
    /** Who logs it waits until there is room. */
    BLOCK;

    /**
     * Reads a name as it stands in a configuration: {@code drop-newest}, also with {@code _} and in any case.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static WhenFull parse(String text) {
        String wanted = text.trim().replace('-', '_').toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(value -> value.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("whenFull: " + text + " (expected: "
                        + Arrays.stream(values())
                                .map(value ->
                                        value.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                                .collect(Collectors.joining(", "))
                        + ")"));
    }
}
