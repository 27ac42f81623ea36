package org.millrace.durable.format;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The head of one physical write. {@link #BYTES} long, at the start of a block; records follow, then zeros up to the next block:
 *
 * <pre>
 *  0 u32 magic             4 u32 crc of bytes 8..64    8 u32 salt           12 u32 flags: 1 sealed by a cipher
 * 16 u64 LSN              24 u32 bytes with padding   28 u32 bytes used, this header too
 * 32 u32 records          36 u32 events               40 u64 first event sequence
 * 48 u64 durable LSN      56 u64 epoch milliseconds
 * </pre>
 *
 * @param salt of the segment
 * @param isEncrypted whether what follows the header is encrypted
 * @param lsn address of this header: segment number x segment size + offset
 * @param paddedBytes whole blocks
 * @param usedBytes header and records (and the cipher's tag)
 * @param firstSequence of the first event in it, or the next one to come
 * @param durableLsn everything before this address was on disk when the group was sealed
 * @param epochMillis when it was sealed
 */
public record GroupHeader(
        int salt,
        boolean isEncrypted,
        long lsn,
        int paddedBytes,
        int usedBytes,
        int records,
        int events,
        long firstSequence,
        long durableLsn,
        long epochMillis) {
    public static final int BYTES = 64;
    /** Where the salt stands in a header. */
    public static final int SALT_AT = 8;
    /** Where the LSN stands in a header. */
    public static final int LSN_AT = 16;

    /** Where the length with padding stands in a header. */
    public static final int PADDED_BYTES_AT = 24;

    private static final int MAGIC = 0x504F524D; // "MROP", one byte after the other
    private static final int CHECKED_FROM = 8;
    private static final int ENCRYPTED = 1;

    /** @param out little-endian; its indices stay */
    public void write(ByteBuffer out, int at) {
        out.putInt(at, MAGIC);
        out.putInt(at + SALT_AT, salt);
        out.putInt(at + 12, isEncrypted ? ENCRYPTED : 0);
        out.putLong(at + LSN_AT, lsn);
        out.putInt(at + PADDED_BYTES_AT, paddedBytes);
        out.putInt(at + 28, usedBytes);
        out.putInt(at + 32, records);
        out.putInt(at + 36, events);
        out.putLong(at + 40, firstSequence);
        out.putLong(at + 48, durableLsn);
        out.putLong(at + 56, epochMillis);
        out.putInt(at + 4, Checksum.of(out, at + CHECKED_FROM, BYTES - CHECKED_FROM));
    }

    /** The header at this place; null if there is none of this salt at this address, or it is damaged. */
    public static @Nullable GroupHeader read(ByteBuffer in, int at, int salt, long lsn) {
        if (in.limit() - at < BYTES
                || in.getInt(at) != MAGIC
                || in.getInt(at + SALT_AT) != salt
                || in.getLong(at + LSN_AT) != lsn
                || in.getInt(at + 4) != Checksum.of(in, at + CHECKED_FROM, BYTES - CHECKED_FROM)) {
            return null;
        }
        return new GroupHeader(
                salt,
                (in.getInt(at + 12) & ENCRYPTED) != 0,
                lsn,
                in.getInt(at + PADDED_BYTES_AT),
                in.getInt(at + 28),
                in.getInt(at + 32),
                in.getInt(at + 36),
                in.getLong(at + 40),
                in.getLong(at + 48),
                in.getLong(at + 56));
    }
}
