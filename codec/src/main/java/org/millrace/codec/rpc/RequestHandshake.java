package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.millrace.codec.Varints;

/** What the asking side says first on a connection: an Avro {@code HandshakeRequest}. */
final class RequestHandshake {
    private static final byte[] TEXT_UTF8 = FlumeProtocol.TEXT.getBytes(StandardCharsets.UTF_8);

    private RequestHandshake() {}

    /** The first try: both sides' hash, no text. Every Flume peer answers it with BOTH. */
    static void write(ByteBuf out) {
        out.writeBytes(FlumeProtocol.hash());
        out.writeByte(0); // clientProtocol: null
        out.writeBytes(FlumeProtocol.hash());
        writeEmptyMeta(out);
    }

    /** The second try, after the peer answered NONE: our text, and the hash that the peer told of itself. */
    static void writeWithText(ByteBuf out, byte[] serverHash) {
        out.writeBytes(FlumeProtocol.hash());
        Varints.write(out, 1); // clientProtocol: a text
        Varints.write(out, TEXT_UTF8.length);
        out.writeBytes(TEXT_UTF8);
        out.writeBytes(serverHash);
        writeEmptyMeta(out);
    }

    private static void writeEmptyMeta(ByteBuf out) {
        Varints.write(out, 1); // meta: a map, as Flume sends it
        out.writeByte(0);
    }
}
