package org.millrace.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCompletionEvent;
import io.netty.handler.ssl.SslHandler;

/**
 * Stands behind the engine, so that those behind it need not know of TLS: its events end here, and so do its failures, which close the
 * connection. What fails before the handshake is through is told by its {@link TlsEntrance}. The connection's event loop only.
 */
final class TlsGuard extends ChannelInboundHandlerAdapter {
    private final TlsListener listener;
    private final SslHandler engine;

    TlsGuard(TlsListener listener, SslHandler engine) {
        this.listener = listener;
        this.engine = engine;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslCompletionEvent)) {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean isThrough = engine.handshakeFuture().isSuccess();
        if (isThrough && !TlsFailure.isOne(cause)) {
            ctx.fireExceptionCaught(cause); // such as a peer that hangs up hard
            return;
        }
        if (isThrough) {
            listener.refused(ctx.channel(), TlsFailure.inWords(cause));
        }
        ctx.close();
    }
}
