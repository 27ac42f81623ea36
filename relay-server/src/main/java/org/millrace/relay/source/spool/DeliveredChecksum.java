package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** CRC-32C of the first bytes of a file, in hex, as more and more of them are delivered. One thread. */
final class DeliveredChecksum {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{1,8}");
    /** That of CRC-32C, its bits reversed as its registers are. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private final CRC32C crc = new CRC32C();
    private long bytes;
    private @Nullable ByteBuffer block;

    /** Of no bytes so far. */
    DeliveredChecksum() {}

    /** The same where so many bytes are known to have this checksum: they are not read again. */
    static DeliveredChecksum after(long bytes, @Nullable String known) {
        DeliveredChecksum checksum = new DeliveredChecksum();
        if (known != null && HEX.matcher(known).matches()) {
            checksum.crc.update(bytesWith(Integer.parseUnsignedInt(known, 16)));
            checksum.bytes = bytes;
        }
        return checksum;
    }

    /** Of the first bytes of the file, so many. Reads those that came since it was asked last. */
    String upTo(long end, FileChannel content) throws IOException {
        if (end < bytes) {
            crc.reset();
            bytes = 0;
        }
        if (block == null) {
            block = ByteBuffer.allocate(BLOCK_BYTES);
        }
        while (bytes < end) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, end - bytes));
            int read = content.read(block, bytes);
            if (read < 0) {
                break;
            }
            crc.update(block.flip());
            bytes += read;
        }
        return Long.toHexString(crc.getValue());
    }

    /**
     * Four bytes that have this checksum. What follows them cannot tell them from the bytes that it was of: it is the whole state. Found by
     * going back from it, a bit at a time, to where a new checksum begins.
     */
    private static ByteBuffer bytesWith(int checksum) {
        int register = ~checksum;
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            register = register < 0 ? (register ^ POLYNOMIAL) << 1 | 1 : register << 1;
        }
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(~register)
                .flip();
    }
}
