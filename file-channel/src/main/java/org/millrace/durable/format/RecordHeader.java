package org.millrace.durable.format;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What stands in front of each record's body. {@link #BYTES} long:
 *
 * <pre>
 *  0 u32 body bytes         4 u32 crc of bytes 8..56 and the segment's salt      8 u32 crc of the body
 * 12 u8  type              13 u8  flags, 0         14 u16 bytes of this header
 * 16 u32 events            20 u32 bytes of event bodies, of a BATCH; else 0
 * 24 u64 event sequence    32 u128 sender's id, 0 for none                      48 u64 sender's event sequence
 * </pre>
 *
 * @param bodyBytes bytes of the body that follows
 * @param bodyCrc {@link Checksum} of that body
 * @param events how many events a BATCH holds; else 0
 * @param eventBodyBytes sum of the lengths of their bodies
 * @param sequence of the first event; of the next event to come, for records without events
 * @param sender who counted {@code senderSequence}; all zero where nobody did
 * @param senderSequence the sender's number of the first event
 */
public record RecordHeader(
        int bodyBytes,
        int bodyCrc,
        RecordType type,
        int events,
        int eventBodyBytes,
        long sequence,
        UUID sender,
        long senderSequence) {
    public static final int BYTES = 56;
    public static final UUID NO_SENDER = new UUID(0, 0);

    private static final int CRC_AT = 4;
    private static final int CHECKED_FROM = 8;
    private static final int EVENTS_AT = 16;
    private static final int SEQUENCE_AT = 24;

    /** Bytes of the record, header and body. */
    public int recordBytes() {
        return BYTES + bodyBytes;
    }

    /**
     * Writes everything but the header's own checksum, which {@link #seal} adds once the segment is known.
     *
     * @param out little-endian; its indices stay
     */
    public void write(ByteBuffer out, int at) {
        out.putInt(at, bodyBytes);
        out.putInt(at + CRC_AT, 0);
        out.putInt(at + 8, bodyCrc);
        out.put(at + 12, (byte) type.number());
        out.put(at + 13, (byte) 0);
        out.putShort(at + 14, (short) BYTES);
        out.putInt(at + EVENTS_AT, events);
        out.putInt(at + 20, eventBodyBytes);
        out.putLong(at + SEQUENCE_AT, sequence);
        out.putLong(at + 32, sender.getMostSignificantBits());
        out.putLong(at + 40, sender.getLeastSignificantBits());
        out.putLong(at + 48, senderSequence);
    }

    /** Gives the header at this place its sequence. {@link #seal} has to follow. */
    public static void number(ByteBuffer buffer, int at, long sequence) {
        buffer.putLong(at + SEQUENCE_AT, sequence);
    }

    /** Gives the header at this place its checksum. May be done again for another segment. */
    public static void seal(ByteBuffer buffer, int at, int salt) {
        buffer.putInt(at + CRC_AT, crc(buffer, at, salt));
    }

    /** The length of the record whose header stands here, not checked. */
    public static int recordBytesAt(ByteBuffer buffer, int at) {
        return BYTES + buffer.getInt(at);
    }

    /** The events of the record whose header stands here, not checked. */
    public static int eventsAt(ByteBuffer buffer, int at) {
        return buffer.getInt(at + EVENTS_AT);
    }

    /** The header at this place; null if it is none of this salt, or damaged. The body is not checked. */
    public static @Nullable RecordHeader read(ByteBuffer buffer, int at, int salt) {
        if (buffer.limit() - at < BYTES || buffer.getInt(at + CRC_AT) != crc(buffer, at, salt)) {
            return null;
        }
        RecordType type = RecordType.of(buffer.get(at + 12));
        int bodyBytes = buffer.getInt(at);
        if (type == RecordType.NONE || bodyBytes < 0 || buffer.getShort(at + 14) != BYTES) {
            return null;
        }
        return new RecordHeader(
                bodyBytes,
                buffer.getInt(at + 8),
                type,
                buffer.getInt(at + EVENTS_AT),
                buffer.getInt(at + 20),
                buffer.getLong(at + SEQUENCE_AT),
                new UUID(buffer.getLong(at + 32), buffer.getLong(at + 40)),
                buffer.getLong(at + 48));
    }

    /** The body's length stands outside the checked part and is mixed in here, like the salt. */
    private static int crc(ByteBuffer buffer, int at, int salt) {
        int crc = Checksum.of(buffer, at + CHECKED_FROM, BYTES - CHECKED_FROM);
        return crc ^ salt ^ Integer.rotateLeft(buffer.getInt(at) * 0x9E3779B1, 13);
    }
}
