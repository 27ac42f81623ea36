package org.millrace.thrift.kerberos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** How a peer that speaks Kerberos begins: where nobody does, that would be taken for the length of a frame of 16 MiB, of which no more comes. */
final class KerberosGreeting {
    /** No frame goes on behind its length with such a byte. */
    private static final ByteBuf GREETING = Unpooled.unreleasableBuffer(
            Unpooled.wrappedBuffer("\1\0\0\0\6GSSAPI".getBytes(US_ASCII)).asReadOnly());

    private KerberosGreeting() {}

    /** True if these are its first bytes. */
    static boolean begins(ByteBuf bytes) {
        int length = GREETING.readableBytes();
        return bytes.readableBytes() >= length
                && ByteBufUtil.equals(bytes, bytes.readerIndex(), GREETING, GREETING.readerIndex(), length);
    }
}
