package org.millrace.listener.tls;

import io.netty.buffer.ByteBuf;

/** How a peer that speaks TLS begins. */
final class ClientHello {
    private static final int HANDSHAKE = 0x16;
    private static final int MAJOR_VERSION = 3;
    private static final int LATEST_MINOR_VERSION = 4;
    private static final int MOST_RECORD_BYTES = 1 << 14;
    private static final int CLIENT_HELLO = 1;
    /** The header of a record, and the kind of what is in it. */
    private static final int SEEN_BYTES = 6;

    private ClientHello() {}

    /** True if these are its first bytes. Nothing else can be meant: no line begins so, and as the begin of a frame it would be far too long. */
    static boolean begins(ByteBuf bytes) {
        int at = bytes.readerIndex();
        return bytes.readableBytes() >= SEEN_BYTES
                && bytes.getUnsignedByte(at) == HANDSHAKE
                && bytes.getUnsignedByte(at + 1) == MAJOR_VERSION
                && bytes.getUnsignedByte(at + 2) <= LATEST_MINOR_VERSION
                && bytes.getUnsignedShort(at + 3) <= MOST_RECORD_BYTES
                && bytes.getUnsignedByte(at + 5) == CLIENT_HELLO;
    }
}
