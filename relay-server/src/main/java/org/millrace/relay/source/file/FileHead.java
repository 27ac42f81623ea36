package org.millrace.relay.source.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/**
 * The first bytes of a file, as a length and a checksum: what tells a file that grew from another one of the same name. Written as
 * {@code <bytes>:<crc32c in hex>}.
 */
public final class FileHead {
    private static final int MAX_BYTES = 1024;

    private FileHead() {}

    /** The head of the file as it is now. */
    public static String of(FileChannel file) throws IOException {
        return of(file, (int) Math.min(MAX_BYTES, file.size()));
    }

    /** True if the file still starts with these bytes. */
    public static boolean matches(String head, FileChannel file) throws IOException {
        int colon = head.indexOf(':');
        try {
            int bytes = Integer.parseInt(head.substring(0, Math.max(colon, 0)));
            return bytes >= 0
                    && bytes <= MAX_BYTES
                    && file.size() >= bytes
                    && of(file, bytes).equals(head);
        } catch (NumberFormatException e) {
            return false; // written by nobody we know
        }
    }

    /** True if a longer file would have a longer head. */
    public static boolean grows(String head) {
        return !head.startsWith(MAX_BYTES + ":");
    }

    private static String of(FileChannel file, int bytes) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(bytes);
        while (head.hasRemaining() && file.read(head, head.position()) >= 0) {
            // reads on
        }
        CRC32C crc = new CRC32C();
        crc.update(head.flip());
        return bytes + ":" + Long.toHexString(crc.getValue());
    }
}
