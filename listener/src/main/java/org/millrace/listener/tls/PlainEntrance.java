package org.millrace.listener.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;

/**
 * Disconnects a peer that greets in TLS where nobody speaks it: what its greeting would be taken for otherwise helps nobody. It looks at the
 * first read, which brings a greeting as a whole, and goes. The connection's event loop only.
 */
final class PlainEntrance extends ChannelInboundHandlerAdapter {
    private static final int HANDSHAKE = 0x16;
    private static final int MAJOR_VERSION = 3;
    private static final int LATEST_MINOR_VERSION = 4;
    private static final int MOST_RECORD_BYTES = 1 << 14;
    private static final int CLIENT_HELLO = 1;
    /** The header of a record, and the kind of what is in it. */
    private static final int SEEN_BYTES = 6;

    private final Consumer<Channel> refused;
    private boolean isRefused;

    /** @param refused is told of a connection just before it is closed */
    PlainEntrance(Consumer<Channel> refused) {
        this.refused = refused;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (isRefused) {
            bytes.release();
        } else if (isGreeting(bytes)) {
            isRefused = true;
            bytes.release();
            refused.accept(ctx.channel());
            ctx.close();
        } else {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(bytes);
        }
    }

    /** No more than that can be meant by this: no line begins so, and as the begin of a frame it would be far too long. */
    private static boolean isGreeting(ByteBuf bytes) {
        int at = bytes.readerIndex();
        return bytes.readableBytes() >= SEEN_BYTES
                && bytes.getUnsignedByte(at) == HANDSHAKE
                && bytes.getUnsignedByte(at + 1) == MAJOR_VERSION
                && bytes.getUnsignedByte(at + 2) <= LATEST_MINOR_VERSION
                && bytes.getUnsignedShort(at + 3) <= MOST_RECORD_BYTES
                && bytes.getUnsignedByte(at + 5) == CLIENT_HELLO;
    }
}
