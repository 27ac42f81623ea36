package org.millrace.codec;

import io.netty.buffer.ByteBuf;

/** The Netty side of a batch, for the codec's own packages and for who writes batches to a connection. */
public final class BatchBuffers {
    private BatchBuffers() {}

    /** The encoded events of a lent batch as a buffer with indices and a reference of its own, which the caller owns. */
    public static ByteBuf retainedBytes(EventBatch batch) {
        return batch.retainedBytes();
    }

    /** Copies the encoded events of a lent batch. */
    public static void writeTo(ByteBuf out, EventBatch batch) {
        batch.writeTo(out);
    }
}
