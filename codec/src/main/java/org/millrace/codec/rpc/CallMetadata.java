package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;
import org.millrace.codec.Origin;
import org.millrace.codec.Varints;
import org.millrace.codec.WireReader;

/**
 * The {@code map<bytes>} that precedes a call, kept as it came; Flume sends an empty one and ignores what others send. We send the
 * batch's {@link Origin}: {@code relay.id}, 16 bytes, and {@code relay.seq}, 8 bytes, both big-endian. Immutable.
 */
public final class CallMetadata {
    /** Nothing in it. */
    public static final CallMetadata EMPTY = new CallMetadata(new byte[] {0});

    private static final String MAP = "call metadata";
    private static final String ID = "relay.id";
    private static final String SEQUENCE = "relay.seq";
    private static final byte[] ID_UTF8 = ID.getBytes(StandardCharsets.UTF_8);
    private static final byte[] SEQUENCE_UTF8 = SEQUENCE.getBytes(StandardCharsets.UTF_8);
    private static final int ID_BYTES = 2 * Long.BYTES;

    private final byte[] encoded;
    private final @Nullable Origin origin;

    private CallMetadata(byte[] encoded) {
        this.encoded = encoded;
        this.origin = readOrigin();
    }

    /** Who numbered the events of the call; null if nobody did. */
    public @Nullable Origin origin() {
        return origin;
    }

    /** Refuses an origin that has no numbers for so many events. */
    void checkOriginOf(int events) {
        if (origin != null && !origin.hasNumbersFor(events)) {
            throw new MalformedException(SEQUENCE + ": " + origin.sequence() + " for the first of " + events
                    + " events (expected: none beyond " + (1L << 62) + ")");
        }
    }

    /** Writes the map that says so. */
    static void write(ByteBuf out, @Nullable Origin origin) {
        if (origin == null) {
            out.writeByte(0);
            return;
        }
        Varints.write(out, 2); // entries in one block
        writeKey(out, ID_UTF8, ID_BYTES);
        out.writeLong(origin.sender().getMostSignificantBits());
        out.writeLong(origin.sender().getLeastSignificantBits());
        writeKey(out, SEQUENCE_UTF8, Long.BYTES);
        out.writeLong(origin.sequence());
        out.writeByte(0);
    }

    private static void writeKey(ByteBuf out, byte[] key, int valueBytes) {
        Varints.write(out, key.length);
        out.writeBytes(key);
        Varints.write(out, valueBytes);
    }

    private @Nullable Origin readOrigin() {
        byte[] id = isEmpty() ? null : value(ID);
        byte[] sequence = id == null ? null : value(SEQUENCE);
        if (id == null || sequence == null) {
            return null;
        }
        checkLength(ID, id, ID_BYTES);
        checkLength(SEQUENCE, sequence, Long.BYTES);
        ByteBuffer bits = ByteBuffer.wrap(id);
        try {
            return new Origin(
                    new UUID(bits.getLong(), bits.getLong()),
                    ByteBuffer.wrap(sequence).getLong());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(MAP + ": " + e.getMessage());
        }
    }

    private static void checkLength(String key, byte[] value, int expected) {
        if (value.length != expected) {
            throw new MalformedException(key + ": " + value.length + " bytes (expected: " + expected + ")");
        }
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
