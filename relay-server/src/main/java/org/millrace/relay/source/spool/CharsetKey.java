package org.millrace.relay.source.spool;

import java.nio.charset.Charset;

/** What the values of keys for character sets may be. */
final class CharsetKey {
    static final String EXPECTED = "a character set, e.g. UTF-8";

    private CharsetKey() {}

    /** One that can be written. */
    static Charset writable(String name) {
        Charset charset = Charset.forName(name);
        if (!charset.canEncode()) {
            throw new IllegalArgumentException("one that can be written");
        }
        return charset;
    }
}
