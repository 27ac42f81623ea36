package org.millrace.codec.rpc;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.WireReader;

/** The {@code map<bytes>} that precedes a call, kept as it came; Flume sends an empty one and ignores what others send. Immutable. */
public final class CallMetadata {
    /** Nothing in it. */
    public static final CallMetadata EMPTY = new CallMetadata(new byte[] {0});

    private static final String MAP = "call metadata";

    private final byte[] encoded;

    private CallMetadata(byte[] encoded) {
        this.encoded = encoded;
    }

    public boolean isEmpty() {
        return encoded[0] == 0;
    }

    /** The value of an entry, or null without it; a copy. */
    public byte @Nullable [] value(String key) {
        WireReader in = new WireReader(encoded, 0, encoded.length);
        byte[] utf8 = key.getBytes(StandardCharsets.UTF_8);
        int entries;
        while ((entries = in.readBlockCount(MAP)) != 0) {
            for (int i = 0; i < entries; i++) {
                int length = in.readLength("key");
                boolean isIt = length == utf8.length && in.skipIf(utf8);
                if (!isIt) {
                    in.skip(length);
                }
                int valueBytes = in.readLength("value");
                if (isIt) {
                    return in.readFixed("value", valueBytes);
                }
                in.skip(valueBytes);
            }
        }
        return null;
    }

    /** Checks and copies the map that the reader stands before, and moves behind it. */
    static CallMetadata read(WireReader in, byte[] array, int maxBytes) {
        int from = in.position();
        skipMap(in);
        int bytes = in.position() - from;
        if (bytes == 1) {
            return EMPTY;
        }
        if (bytes > maxBytes) {
            throw new LimitExceededException("maxHeaderBytes", bytes, maxBytes);
        }
        byte[] encoded = new byte[bytes];
        System.arraycopy(array, from, encoded, 0, bytes);
        return new CallMetadata(encoded);
    }

    /** Moves the reader behind a {@code map<bytes>}. */
    static void skipMap(WireReader in) {
        int entries;
        while ((entries = in.readBlockCount(MAP)) != 0) {
            int blockEnd = in.blockEnd();
            for (int i = 0; i < entries; i++) {
                in.skip(in.readLength("metadata key"));
                in.skip(in.readLength("metadata value"));
            }
            in.checkBlockEnd(MAP, blockEnd);
        }
    }
}
