package org.millrace.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Disconnects a peer that greets in a way that nobody here speaks, such as TLS: what its greeting would be taken for otherwise helps nobody. It
 * looks at the first read, which brings a greeting as a whole, and goes. The connection's event loop only.
 */
public final class ForeignGreeting extends ChannelInboundHandlerAdapter {
    private final Predicate<ByteBuf> isGreeting;
    private final Consumer<Channel> refused;
    private boolean isRefused;

    /**
     * @param isGreeting looks at the first bytes, and leaves the reader index alone
     * @param refused is told of a connection just before it is closed
     */
    public ForeignGreeting(Predicate<ByteBuf> isGreeting, Consumer<Channel> refused) {
        this.isGreeting = isGreeting;
        this.refused = refused;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (isRefused) {
            bytes.release();
        } else if (isGreeting.test(bytes)) {
            isRefused = true;
            bytes.release();
            refused.accept(ctx.channel());
            ctx.close();
        } else {
            ctx.pipeline().remove(this);
            ctx.fireChannelRead(bytes);
        }
    }
}
