package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Tells a file of which some was delivered from another one that got its name, however alike they begin.
 *
 * @param state of the file when it was opened
 * @param checksum CRC-32C of all that was delivered, in hex; null if that could not be read again
 */
record Fingerprint(FileState state, @Nullable String checksum) {
    private static final int BLOCK_BYTES = 64 << 10;

    /**
     * True if the bytes delivered stand at the start of this file: it is the same, or that one grown, or mended further on.
     *
     * @param now its state
     */
    boolean fits(FileState now, FileChannel content, long delivered) throws IOException {
        return state.equals(now) || (checksum != null && checksum.equals(checksum(content, delivered)));
    }

    /** Of the first bytes of a file. */
    static String checksum(FileChannel content, long bytes) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        long position = 0;
        while (position < bytes) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, bytes - position));
            int read = content.read(block, position);
            if (read < 0) {
                break;
            }
            crc.update(block.flip());
            position += read;
        }
        return Long.toHexString(crc.getValue());
    }
}
