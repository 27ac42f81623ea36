package org.millrace.serializer;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.apache.avro.file.Codec;
import org.jspecify.annotations.Nullable;

/**
 * The block of an Avro container that is being filled, with the codec that will compress it. A file has one only from its first
 * event until the flush, so there are as many as buckets are written at a time, however many files are open. Not thread-safe.
 */
final class BlockBuffer {
    private static final int FIRST_BYTES = 1 << 16;

    /** Null for no compression. */
    final @Nullable Codec codec;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int filled;

    private BlockBuffer(@Nullable Codec codec) {
        this.codec = codec;
    }

    /** Those that nobody uses. Thread-safe. */
    static final class Pool {
        /** One that a very long event has made larger is left to the garbage collector. */
        private static final int MOST_KEPT_BYTES = 4 << 20;

        private final Supplier<@Nullable Codec> codecs;
        private final Queue<BlockBuffer> free = new ConcurrentLinkedQueue<>();

        /** @param codecs makes a codec for each buffer, since codecs keep state; null for no compression */
        Pool(Supplier<@Nullable Codec> codecs) {
            this.codecs = codecs;
        }

        BlockBuffer borrow() {
            BlockBuffer buffer = free.poll();
            return buffer == null ? new BlockBuffer(codecs.get()) : buffer;
        }

        void giveBack(BlockBuffer buffer) {
            buffer.filled = 0;
            if (buffer.bytes.length <= MOST_KEPT_BYTES) {
                free.add(buffer);
            }
        }
    }

    byte[] bytes() {
        return bytes;
    }

    int filled() {
        return filled;
    }

    void append(byte[] from, int offset, int length) {
        int needed = Math.addExact(filled, length);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
        System.arraycopy(from, offset, bytes, filled, length);
        filled = needed;
    }

    void clear() {
        filled = 0;
    }
}
