package org.millrace.api.part;

import org.jspecify.annotations.Nullable;

/** Makes the value of a header of what a group of a regular expression found. Called by event loops: it never blocks, and is thread-safe. */
@FunctionalInterface
public interface GroupSerializer {
    /**
     * @param found what the group found
     * @return the header's value; null: no header
     * @throws IllegalArgumentException if it is not what is expected: no header is set, and that is counted as {@code unreadableTimes}
     */
    @Nullable
    String value(String found);
}
