package org.millrace.thrift.kerberos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;

/**
 * Disconnects a peer that begins with Kerberos where nobody speaks it: its greeting would be taken for the length of a frame of 16 MiB, of
 * which no more comes. It looks at the first read, which brings a greeting as a whole, and goes. The connection's event loop only.
 */
final class KerberosGreeting extends ChannelInboundHandlerAdapter {
    /** No frame goes on behind its length with such a byte. */
    private static final ByteBuf GREETING = Unpooled.unreleasableBuffer(
            Unpooled.wrappedBuffer("\1\0\0\0\6GSSAPI".getBytes(US_ASCII)).asReadOnly());

    private final Consumer<Channel> refused;
    private boolean isRefused;

    /** @param refused is told of a connection just before it is closed */
    KerberosGreeting(Consumer<Channel> refused) {
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

    private static boolean isGreeting(ByteBuf bytes) {
        int length = GREETING.readableBytes();
        return bytes.readableBytes() >= length
                && ByteBufUtil.equals(bytes, bytes.readerIndex(), GREETING, GREETING.readerIndex(), length);
    }
}
