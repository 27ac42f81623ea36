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

    /** Null if there is nothing, or the disk does not give it. */
    static <T> @Nullable T orNull(Read<T> read) {
        try {
            return read.get();
        } catch (IOException once) {
            try {
                return read.get();
            } catch (IOException twice) {
                return null; // the caller reports the place as damaged
            }
        }
    }
}
