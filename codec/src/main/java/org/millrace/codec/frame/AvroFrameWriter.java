package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;

/** Writes frames: {@link #writeHeader}, then as many buffers as it promised, each behind its length. */
public final class AvroFrameWriter {
    /** Serial and number of buffers. */
    public static final int HEADER_BYTES = 2 * Integer.BYTES;

    private AvroFrameWriter() {}

    /** @param buffers how many follow, at least 1: a peer of Flume's waits for ever behind a 0 */
    public static void writeHeader(ByteBuf out, int serial, int buffers) {
        if (buffers < 1) {
            throw new IllegalArgumentException("buffers: " + buffers + " (expected: at least 1)");
        }
        out.writeInt(serial);
        out.writeInt(buffers);
    }

    public static void writeBuffer(ByteBuf out, byte[] bytes) {
        out.writeInt(bytes.length);
        out.writeBytes(bytes);
    }

    /** @param bytes lent; its readable bytes are copied, its indices stay */
    public static void writeBuffer(ByteBuf out, ByteBuf bytes) {
        out.writeInt(bytes.readableBytes());
        out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }
}
