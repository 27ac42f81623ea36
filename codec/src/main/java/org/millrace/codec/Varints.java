package org.millrace.codec;

import io.netty.buffer.ByteBuf;

/** Avro's variable-length zig-zag numbers (Avro 1.12 specification, "Binary Encoding", int and long). */
public final class Varints {
    /** The most bytes that a long takes. */
    public static final int MAX_BYTES = 10;

    private Varints() {}

    /** Bytes that the number takes. */
    public static int size(long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        return (70 - Long.numberOfLeadingZeros(zigzag | 1)) / 7;
    }

    public static void write(ByteBuf out, long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7FL) != 0) {
            out.writeByte((int) ((zigzag & 0x7F) | 0x80));
            zigzag >>>= 7;
        }
        out.writeByte((int) zigzag);
    }
}
