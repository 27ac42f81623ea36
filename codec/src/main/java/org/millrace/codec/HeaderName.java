package org.millrace.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The name of an event header, encoded once so that a look-up compares bytes. Immutable. */
public final class HeaderName {
    private final String text;
    private final byte[] utf8;

    private HeaderName(String text) {
        this.text = text;
        this.utf8 = text.getBytes(StandardCharsets.UTF_8);
    }

    public static HeaderName of(String text) {
        return new HeaderName(text);
    }

    boolean matches(byte[] array, int offset, int length) {
        return length == utf8.length && Arrays.equals(array, offset, offset + length, utf8, 0, length);
    }

    byte[] utf8() {
        return utf8;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderName name && name.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
