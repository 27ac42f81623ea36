package org.millrace.durable.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;

/** Turns the plain form of a group into what goes to the disk. The disk thread's; one for all segments. */
final class GroupSealer {
    private final int usualBytes;
    /** Where encrypted groups go; null until there is one. */
    private @Nullable ByteBuffer cipherText;

    /** @param usualBytes groups of up to this size share one buffer, if they are encrypted */
    GroupSealer(int usualBytes) {
        this.usualBytes = usualBytes;
    }

    /** Bytes on disk: whole blocks. */
    static long paddedBytes(GroupBuffer group, @Nullable SegmentCipher cipher) {
        return Blocks.roundUp((long) group.usedBytes() + (cipher == null ? 0 : cipher.tagBytes()));
    }

    /**
     * May be done again for another segment.
     *
     * @param durableLsn everything before this address is on disk
     * @return to be written whole, before the next call
     */
    ByteBuffer seal(
            GroupBuffer group, int salt, @Nullable SegmentCipher cipher, long lsn, long durableLsn, long epochMillis) {
        group.sealRecords(salt);
        int paddedBytes = (int) paddedBytes(group, cipher);
        int usedBytes = group.usedBytes() + (cipher == null ? 0 : cipher.tagBytes());
        GroupHeader header = new GroupHeader(
                salt,
                cipher != null,
                lsn,
                paddedBytes,
                usedBytes,
                group.records(),
                group.events(),
                group.firstSequence(),
                durableLsn,
                epochMillis);
        if (cipher == null) {
            header.write(group.bytes(), 0);
            group.pad();
            return group.bytes().duplicate().limit(paddedBytes).position(0);
        }
        ByteBuffer out = cipherText(paddedBytes);
        header.write(out, 0);
        cipher.seal(
                out.slice(0, GroupHeader.BYTES),
                group.bytes().duplicate().limit(group.usedBytes()).position(GroupHeader.BYTES),
                out.duplicate().limit(usedBytes).position(GroupHeader.BYTES),
                lsn);
        GroupBuffer.pad(out, usedBytes);
        return out.duplicate().limit(paddedBytes).position(0);
    }

    private ByteBuffer cipherText(int bytes) {
        if (bytes > usualBytes) {
            return Blocks.allocate(bytes); // rare, and not worth being kept
        }
        if (cipherText == null) {
            cipherText = Blocks.allocate(usualBytes);
        }
        return cipherText;
    }
}
