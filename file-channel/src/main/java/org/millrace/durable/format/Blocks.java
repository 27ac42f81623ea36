package org.millrace.durable.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The unit that a disk writes whole, as we suppose: groups start and end on it. */
public final class Blocks {
    public static final int BYTES = 4096;

    private Blocks() {}

    /** The length rounded up to whole blocks. */
    public static long roundUp(long bytes) {
        return (bytes + BYTES - 1) & -BYTES;
    }

    /** Memory outside the heap that starts on a block, little-endian: what a disk can fetch by itself. Whole blocks. */
    public static ByteBuffer allocate(long bytes) {
        int rounded = (int) roundUp(bytes);
        return ByteBuffer.allocateDirect(rounded + BYTES - 1)
                .alignedSlice(BYTES)
                .slice(0, rounded)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether a disk can fetch what remains of the buffer by itself, and put it in a place like this. */
    public static boolean areWhole(ByteBuffer source, long position) {
        return source.isDirect()
                && source.alignmentOffset(source.position(), BYTES) == 0
                && source.remaining() % BYTES == 0
                && position % BYTES == 0;
    }
}
