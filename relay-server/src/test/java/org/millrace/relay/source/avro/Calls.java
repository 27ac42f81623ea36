package org.millrace.relay.source.avro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.millrace.codec.Varints;
import org.millrace.codec.frame.AvroFrameWriter;

/** Requests as Flume's clients send them. */
final class Calls {
    private static final byte[] HASH = ByteBufUtil.decodeHexDump("86aadae2c45474c0fe93ffd0f2350a65");

    private Calls() {}

    /** An {@code appendBatch} of events without headers; the first of a connection carries the handshake. */
    static byte[] appendBatch(int serial, boolean isFirst, String... bodies) {
        ByteBuf params = Unpooled.buffer();
        if (bodies.length > 0) {
            Varints.write(params, bodies.length);
            for (String body : bodies) {
                writeEvent(params, body);
            }
        }
        params.writeByte(0);
        return frame(serial, isFirst, "appendBatch", params);
    }

    /** An {@code append} of an event without headers. */
    static byte[] append(int serial, boolean isFirst, String body) {
        ByteBuf params = Unpooled.buffer();
        writeEvent(params, body);
        return frame(serial, isFirst, "append", params);
    }

    static byte[] frame(int serial, boolean isFirst, String message, ByteBuf params) {
        ByteBuf head = Unpooled.buffer();
        if (isFirst) {
            head.writeBytes(HASH).writeByte(0).writeBytes(HASH).writeByte(2).writeByte(0);
        }
        head.writeByte(0);
        writeString(head, message);
        ByteBuf frame = Unpooled.buffer();
        AvroFrameWriter.writeHeader(frame, serial, 2);
        AvroFrameWriter.writeBuffer(frame, head);
        AvroFrameWriter.writeBuffer(frame, params);
        return ByteBufUtil.getBytes(frame);
    }

    private static void writeEvent(ByteBuf out, String body) {
        out.writeByte(0);
        writeString(out, body);
    }

    private static void writeString(ByteBuf out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Varints.write(out, utf8.length);
        out.writeBytes(utf8);
    }
}
