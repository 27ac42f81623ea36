package org.millrace.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.millrace.codec.BatchBuffers;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/**
 * Requests as Flume's client sends them, encoded before the clock starts: parameters cut into buffers of 8192 bytes, the handshake
 * in the first request of a connection. A request's serial is the number of its place in flight, so that it never has to be written
 * again: a server may be sent any serial.
 */
final class RequestFrames {
    private static final byte[] FLUME_HASH = HexFormat.of().parseHex("86aadae2c45474c0fe93ffd0f2350a65");
    private static final byte[] MESSAGE = "appendBatch".getBytes(StandardCharsets.US_ASCII);
    private static final int CUT_BYTES = 8192;

    private final ByteBuf[] frames;
    private final ByteBuf first;

    RequestFrames(Workload workload) {
        ByteBuf parameters = parameters(workload);
        first = frame(0, prefix(true), parameters);
        frames = new ByteBuf[workload.inFlight()];
        for (int place = 0; place < frames.length; place++) {
            frames[place] = frame(place, prefix(false), parameters);
        }
        parameters.release();
    }

    /** The first request of a connection, for place 0. The caller owns the reference, not the bytes. */
    ByteBuf first() {
        return first.retainedDuplicate();
    }

    /** A later request. */
    ByteBuf next(int place) {
        return frames[place].retainedDuplicate();
    }

    void release() {
        first.release();
        for (ByteBuf frame : frames) {
            frame.release();
        }
    }

    private static ByteBuf parameters(Workload workload) {
        byte[] body = new byte[workload.bodyBytes()];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) ('a' + i % 26);
        }
        ByteBuf out = Unpooled.buffer();
        writeLong(out, workload.batchEvents());
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < workload.batchEvents(); i++) {
                builder.add(headers(i % workload.hosts()), body);
            }
            EventBatch batch = builder.build();
            ByteBuf events = BatchBuffers.retainedBytes(batch);
            out.writeBytes(events);
            events.release();
            batch.release();
        }
        return out.writeByte(0);
    }

    /** As long for each of a thousand hosts. */
    private static Map<String, String> headers(int host) {
        String name = String.format(Locale.ROOT, "web-%03d.dc1", (42 + host) % 1000);
        return Map.of("timestamp", "1700000000000", "host", name, "tenant", "access_log_1");
    }

    private static ByteBuf prefix(boolean withHandshake) {
        ByteBuf out = Unpooled.buffer();
        if (withHandshake) {
            out.writeBytes(FLUME_HASH)
                    .writeByte(0)
                    .writeBytes(FLUME_HASH)
                    .writeByte(2)
                    .writeByte(0);
        }
        out.writeByte(0); // no call metadata
        writeLong(out, MESSAGE.length);
        return out.writeBytes(MESSAGE);
    }

    private static ByteBuf frame(int serial, ByteBuf prefix, ByteBuf parameters) {
        int cuts = (parameters.readableBytes() + CUT_BYTES - 1) / CUT_BYTES;
        int bytes = 8 + 4 + prefix.readableBytes() + 4 * cuts + parameters.readableBytes();
        ByteBuf out = Unpooled.directBuffer(bytes, bytes);
        out.writeInt(serial).writeInt(1 + cuts);
        out.writeInt(prefix.readableBytes()).writeBytes(prefix);
        prefix.release();
        ByteBuf rest = parameters.duplicate();
        while (rest.isReadable()) {
            int length = Math.min(CUT_BYTES, rest.readableBytes());
            out.writeInt(length).writeBytes(rest, length);
        }
        return out;
    }

    private static void writeLong(ByteBuf out, long value) {
        long zigzag = (value << 1) ^ (value >> 63);
        while ((zigzag & ~0x7FL) != 0) {
            out.writeByte((int) ((zigzag & 0x7F) | 0x80));
            zigzag >>>= 7;
        }
        out.writeByte((int) zigzag);
    }
}
