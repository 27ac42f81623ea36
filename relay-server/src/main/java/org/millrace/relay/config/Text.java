package org.millrace.relay.config;

import java.util.Arrays;

/**
 * What was read from a {@link TextSource}.
 *
 * @param name as findings name it
 */
public record Text(String name, byte[] bytes) {
    /** True if neither name nor content differ. */
    public boolean isSame(Text other) {
        return name.equals(other.name) && Arrays.equals(bytes, other.bytes);
    }
}
