package org.millrace.durable.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first block of a segment in use. A slot whose first block is all zeros is free:
 *
 * <pre>
 *   0 u64 magic           8 u16 version, 1       10 u16 flags, 0         12 u32 salt
 *  16 u128 log id        32 u64 segment number   40 u64 segment bytes    48 u64 first event sequence
 *  56 u64 epoch millis   64 u16 + bytes: name of the key that wraps      then u16 + bytes: wrapped key; both empty: not encrypted
 * 4076 u128 sender id, all zeros for the log id                        4092 u32 crc of bytes 0..4092
 * </pre>
 *
 * @param salt fresh and random each time a slot is used: what the slot held before cannot be read as part of this
 * @param logId all segments of one log have the same
 * @param number counts up, from 1
 * @param segmentBytes size of the file, whole blocks
 * @param firstSequence of the first event in it, or the next one to come; what the segment before holds from here on is void
 * @param keyName empty where the segment is not encrypted
 * @param wrappedKey the segment's key, encrypted with the named one
 * @param senderId whose numbers the sequences of its events are, for the next hop: drawn by each start of the log, so that a sequence
 *     which a start gives again, since the end of the log was lost, is another number; null where it is not known any more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SegmentHeader(
        int salt,
        UUID logId,
        long number,
        long segmentBytes,
        long firstSequence,
        long epochMillis,
        String keyName,
        byte[] wrappedKey,
        @Nullable UUID senderId) {
    public static final int VERSION = 1;

    private static final long MAGIC = 0x31474F4C4C494D7FL; // 7F "MILLOG1", one byte after the other
    private static final UUID NO_ID = new UUID(0, 0);
    private static final int CRC_AT = Blocks.BYTES - 4;
    private static final int KEY_AT = 64;
    private static final int SENDER_AT = CRC_AT - 16;

    /** Of a log whose starts all sent under its own id. */
    public SegmentHeader(
            int salt,
            UUID logId,
            long number,
            long segmentBytes,
            long firstSequence,
            long epochMillis,
            String keyName,
            byte[] wrappedKey) {
        this(salt, logId, number, segmentBytes, firstSequence, epochMillis, keyName, wrappedKey, logId);
    }

    /** A block, ready to be written. Throws {@link IllegalArgumentException} if the key's name and bytes do not fit. */
    public ByteBuffer toBlock() {
        byte[] name = keyName.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        if (KEY_AT + 2 + name.length + 2 + wrappedKey.length > SENDER_AT) {
            throw new IllegalArgumentException(
                    "key " + keyName + ": its name and wrapped key are too long for a segment's header");
        }
        ByteBuffer block = ByteBuffer.allocateDirect(Blocks.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        block.putLong(MAGIC).putShort((short) VERSION).putShort((short) 0).putInt(salt);
        block.putLong(logId.getMostSignificantBits()).putLong(logId.getLeastSignificantBits());
        block.putLong(number).putLong(segmentBytes).putLong(firstSequence).putLong(epochMillis);
        block.putShort((short) name.length)
                .put(name)
                .putShort((short) wrappedKey.length)
                .put(wrappedKey);
        if (senderId != null && !senderId.equals(logId)) {
            block.putLong(SENDER_AT, senderId.getMostSignificantBits());
            block.putLong(SENDER_AT + Long.BYTES, senderId.getLeastSignificantBits());
        }
        block.putInt(CRC_AT, Checksum.of(block, 0, CRC_AT));
        return block.clear();
    }

    /** What a slot's first block says. */
    public enum State {
        /** All zeros: never used. */
        FREE,
        /** A header of this version. */
        USED,
        /** Neither. */
        DAMAGED,
        /** A sound header of a version that we do not know. */
        FOREIGN
    }

    /** Looks at a block of {@link Blocks#BYTES}, little-endian. */
    public static State stateOf(ByteBuffer block) {
        if (block.limit() < Blocks.BYTES) {
            return State.DAMAGED;
        }
        if (block.getInt(CRC_AT) == Checksum.of(block, 0, CRC_AT) && block.getLong(0) == MAGIC) {
            return block.getShort(8) == VERSION ? State.USED : State.FOREIGN;
        }
        for (int at = 0; at < Blocks.BYTES; at += Long.BYTES) {
            if (block.getLong(at) != 0) {
                return State.DAMAGED;
            }
        }
        return State.FREE;
    }

    /** The header, if the block's {@link #stateOf} is {@code USED}; else null. */
    public static @Nullable SegmentHeader read(ByteBuffer block) {
        if (stateOf(block) != State.USED) {
            return null;
        }
        ByteBuffer in = block.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(12);
        int salt = in.getInt();
        UUID logId = new UUID(in.getLong(), in.getLong());
        long number = in.getLong();
        long segmentBytes = in.getLong();
        long firstSequence = in.getLong();
        long epochMillis = in.getLong();
        byte[] name = new byte[in.getShort()];
        in.get(name);
        byte[] wrappedKey = new byte[in.getShort()];
        in.get(wrappedKey);
        UUID senderId = new UUID(in.getLong(SENDER_AT), in.getLong(SENDER_AT + Long.BYTES));
        return new SegmentHeader(
                salt,
                logId,
                number,
                segmentBytes,
                firstSequence,
                epochMillis,
                new String(name, java.nio.charset.StandardCharsets.UTF_8),
                wrappedKey,
                senderId.equals(NO_ID) ? logId : senderId);
    }
}
