package org.millrace.codec.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.millrace.codec.Varints;

/** A server's answer to a handshake, encoded once: match, our protocol's text, our hash, no metadata. */
public enum HandshakeReply {
    /** We know each other's protocol. */
    BOTH,
    /** We know the peer's, but it does not know ours. The call runs. */
    CLIENT,
    /** We do not know the peer's: it has to send the call again, with its text. */
    NONE,
    /** The frame had no handshake, or none that could be read. */
    ABSENT;

    private static final byte[] BOTH_BYTES = {0, 0, 0, 0};
    private static final byte[] CLIENT_BYTES = withProtocol(1);
    private static final byte[] NONE_BYTES = withProtocol(2);

    /** Read only. */
    byte[] encoded() {
        return switch (this) {
            case BOTH -> BOTH_BYTES;
            case CLIENT -> CLIENT_BYTES;
            case NONE -> NONE_BYTES;
            case ABSENT -> ABSENT_BYTES;
        };
    }

    private static final byte[] ABSENT_BYTES = {};

    private static byte[] withProtocol(int match) {
        byte[] text = FlumeProtocol.TEXT.getBytes(StandardCharsets.UTF_8);
        ByteBuf out = Unpooled.buffer();
        Varints.write(out, match);
        Varints.write(out, 1); // the union's second branch: a text follows
        Varints.write(out, text.length);
        out.writeBytes(text);
        Varints.write(out, 1); // likewise: a hash
        out.writeBytes(FlumeProtocol.hash());
        out.writeByte(0);
        return ByteBufUtil.getBytes(out);
    }
}
