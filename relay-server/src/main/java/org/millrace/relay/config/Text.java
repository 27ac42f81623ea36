package org.millrace.relay.config;

import java.util.Arrays;

/** What was read from a {@link TextSource}. */
public final class Text {
    private final String name;
    private final byte[] bytes;

    /**
     * @param name as findings name it
     * @param bytes taken over
     */
    public Text(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    /** As findings name it. */
    public String name() {
        return name;
    }

    /** Lent. */
    public byte[] bytes() {
        return bytes;
    }

    /** True if neither name nor content differ. */
    public boolean isSame(Text other) {
        return name.equals(other.name) && Arrays.equals(bytes, other.bytes);
    }
}
