package org.millrace.relay.source.syslog;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A part of a message, in the array that it was found in; or none. Used again and again. One thread. */
final class Field {
    private static final byte[] NOTHING = {};

    byte[] bytes = NOTHING;
    int offset;
    int length;
    boolean isThere;

    void clear() {
        isThere = false;
        length = 0;
    }

    void set(byte[] from, int start, int end) {
        bytes = from;
        offset = start;
        length = end - start;
        isThere = true;
    }

    /** None for null. */
    void set(@Nullable String text) {
        if (text == null) {
            clear();
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            set(utf8, 0, utf8.length);
        }
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** The text, if it is there. */
    String text() {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
