package org.millrace.durable.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory to read groups into, handed from one segment's {@link GroupScanner} to the next one's. One thread. */
final class ReadBuffers {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer window = NOTHING;
    private ByteBuffer plain = NOTHING;

    /** For what stands in the file. What it held is lost, also in buffers given before. */
    ByteBuffer window(int bytes) {
        if (window.capacity() < bytes) {
            window = ByteBuffer.allocateDirect(bytes);
        }
        return view(window, bytes);
    }

    /** For the clear text of one group. What it held is lost, also in buffers given before. */
    ByteBuffer plain(int bytes) {
        if (plain.capacity() < bytes) {
            plain = ByteBuffer.allocateDirect(bytes);
        }
        return view(plain, bytes);
    }

    private static ByteBuffer view(ByteBuffer buffer, int bytes) {
        return buffer.duplicate().clear().limit(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
