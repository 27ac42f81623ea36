package org.millrace.durable.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli), the checksum of everything in the log. */
public final class Checksum {
    private Checksum() {}

    /** Of bytes in an array. */
    public static int of(byte[] array, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(array, offset, length);
        return (int) crc.getValue();
    }

    /** Of bytes in a buffer, whose indices stay. */
    public static int of(ByteBuffer buffer, int position, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.duplicate().limit(position + length).position(position));
        return (int) crc.getValue();
    }
}
