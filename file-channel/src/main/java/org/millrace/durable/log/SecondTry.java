package org.millrace.durable.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reading that is tried twice before a place counts as unreadable. */
final class SecondTry {
    private SecondTry() {}

    /** What a disk is asked for. */
    interface Read<T> {
        @Nullable
        T get() throws IOException;
    }

    /**
     * Null if there is nothing, or this place cannot be read.
     *
     * @throws IOException if the disk does not answer at all: then nothing is known of the place
     */
    static <T> @Nullable T orNull(GroupScanner groups, Read<T> read) throws IOException {
        try {
            return read.get();
        } catch (IOException once) {
            try {
                return read.get();
            } catch (IOException twice) {
                groups.checkDisk();
                return null;
            }
        }
    }
}
