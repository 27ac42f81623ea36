package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.millrace.codec.Varints;
import org.millrace.codec.frame.AvroFrameWriter;

/**
 * Writes answers as frames of three buffers, as Flume's server cuts them: the handshake, which is empty but in the first answer;
 * empty metadata; the error flag with a status or an error's text.
 */
public final class AvroReplies {
    private static final int BUFFERS = 3;
    private static final byte[] NO_METADATA = {0};
    private static final byte[] OK = {0, 0};
    private static final byte[] FAILED = {0, 2};
    private static final byte FAULT = 1;
    private static final byte TEXT_BRANCH = 0;

    /** All of an answer without a handshake but its serial. */
    private static final byte[] OK_TAIL = {0, 0, 0, BUFFERS, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0};

    private AvroReplies() {}

    /** Every required channel has the events. */
    public static void writeOk(ByteBuf out, Request request) {
        if (request.handshake() == HandshakeReply.ABSENT) {
            out.writeInt(request.serial());
            out.writeBytes(OK_TAIL);
        } else {
            writeHead(out, request);
            AvroFrameWriter.writeBuffer(out, OK);
        }
    }

    /** The events were not stored; the sender is to try again. */
    public static void writeFailed(ByteBuf out, Request request) {
        writeHead(out, request);
        AvroFrameWriter.writeBuffer(out, FAILED);
    }

    /** The call made no sense, or broke something. */
    public static void writeError(ByteBuf out, Request request, String text) {
        writeHead(out, request);
        int textBytes = ByteBufUtil.utf8Bytes(text);
        out.writeInt(2 + Varints.size(textBytes) + textBytes);
        out.writeByte(FAULT);
        out.writeByte(TEXT_BRANCH);
        Varints.write(out, textBytes);
        ByteBufUtil.writeUtf8(out, text);
    }

    /** The handshake and nothing else. */
    public static void writeHandshakeOnly(ByteBuf out, Request.HandshakeOnly request) {
        AvroFrameWriter.writeHeader(out, request.serial(), 1);
        AvroFrameWriter.writeBuffer(out, request.handshake().encoded());
    }

    private static void writeHead(ByteBuf out, Request request) {
        AvroFrameWriter.writeHeader(out, request.serial(), BUFFERS);
        AvroFrameWriter.writeBuffer(out, request.handshake().encoded());
        AvroFrameWriter.writeBuffer(out, NO_METADATA);
    }
}
