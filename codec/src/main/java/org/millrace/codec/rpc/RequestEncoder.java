package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.BatchBuffers;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.codec.Varints;
import org.millrace.codec.frame.AvroFrameWriter;

/**
 * Writes {@code appendBatch} calls as frames of two buffers: {@code [handshake, on the first] call-metadata "appendBatch"}, and
 * the array of events in one block. A Flume client cuts the second every 8192 bytes; its readers take any length, so we do not.
 *
 * <p>Events are not encoded again: their bytes are copied once, into the memory that the socket writes from. All batches of a
 * call go into one array. Thread-safe.
 */
public final class RequestEncoder {
    private static final int BUFFERS = 2;
    private static final byte[] MESSAGE = "appendBatch".getBytes(StandardCharsets.UTF_8);

    /** More than a handshake without its text, metadata, the name and all lengths take. */
    private static final int OVERHEAD_BYTES = 192;

    private static final int LENGTH_OFFSET = AvroFrameWriter.HEADER_BYTES;

    private final ByteBufAllocator allocator;

    public RequestEncoder(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * A call on a connection whose handshake is done.
     *
     * @param batches lent; at least one event in all
     * @param origin of the first event, if they are numbered, all on from it
     * @return the caller owns it
     */
    public ByteBuf encode(int serial, List<EventBatch> batches, @Nullable Origin origin) {
        return encode(serial, batches, origin, false);
    }

    /** The first call of a connection, with the handshake in front. Otherwise as {@link #encode}. */
    public ByteBuf encodeFirst(int serial, List<EventBatch> batches, @Nullable Origin origin) {
        return encode(serial, batches, origin, true);
    }

    /**
     * A first call once more, for a peer that wants to see our protocol's text.
     *
     * @param first a frame that {@link #encodeFirst} made; lent
     * @param origin that it was made with
     * @param serverHash from the peer's answer
     * @return the caller owns it
     */
    public ByteBuf encodeAgain(int serial, ByteBuf first, @Nullable Origin origin, byte[] serverHash) {
        int parameters =
                first.readerIndex() + LENGTH_OFFSET + Integer.BYTES + first.getInt(first.readerIndex() + LENGTH_OFFSET);
        ByteBuf out = allocator.ioBuffer(first.readableBytes() + 2048);
        AvroFrameWriter.writeHeader(out, serial, BUFFERS);
        out.writeInt(0);
        RequestHandshake.writeWithText(out, serverHash);
        writeMessage(out, origin);
        endBuffer(out, LENGTH_OFFSET);
        return out.writeBytes(first, parameters, first.writerIndex() - parameters);
    }

    private ByteBuf encode(int serial, List<EventBatch> batches, @Nullable Origin origin, boolean first) {
        int events = 0;
        long bytes = OVERHEAD_BYTES;
        for (EventBatch batch : batches) {
            events += batch.events();
            bytes += batch.encodedBytes();
        }
        if (events == 0) {
            throw new IllegalArgumentException("events: 0 (expected: at least 1)");
        }
        ByteBuf out = allocator.ioBuffer(Math.toIntExact(bytes));
        AvroFrameWriter.writeHeader(out, serial, BUFFERS);
        out.writeInt(0);
        if (first) {
            RequestHandshake.write(out);
        }
        writeMessage(out, origin);
        endBuffer(out, LENGTH_OFFSET);
        writeParameters(out, events, batches);
        return out;
    }

    private static void writeMessage(ByteBuf out, @Nullable Origin origin) {
        CallMetadata.write(out, origin);
        Varints.write(out, MESSAGE.length);
        out.writeBytes(MESSAGE);
    }

    private static void writeParameters(ByteBuf out, int events, List<EventBatch> batches) {
        int lengthOffset = out.writerIndex();
        out.writeInt(0);
        Varints.write(out, events);
        for (EventBatch batch : batches) {
            BatchBuffers.writeTo(out, batch);
        }
        out.writeByte(0);
        endBuffer(out, lengthOffset);
    }

    private static void endBuffer(ByteBuf out, int lengthOffset) {
        out.setInt(lengthOffset, out.writerIndex() - lengthOffset - Integer.BYTES);
    }
}
