package org.millrace.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Where batches live: the one place that decides it. Pooled arrays on the heap: a frame is copied once out of the socket's
 * buffer, since Flume cuts it into 8 KiB pieces that have to be joined; an array is what Hadoop's streams and checksums take;
 * walking one needs no bounds check of Netty's; and the bytes count against the heap, as the memory channel's
 * {@code byteCapacity} promises.
 */
public final class BatchMemory {
    private static final ByteBufAllocator POOL = new PooledByteBufAllocator(false);

    private BatchMemory() {}

    /** An empty buffer that has an array and may grow to any size. The caller owns it. */
    public static ByteBuf allocate(int initialBytes) {
        return POOL.heapBuffer(initialBytes);
    }
}
