package org.millrace.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;

/**
 * Stands behind the engine, so that those behind it need not know of TLS: its events end here, and so do its failures, which close the
 * connection. What fails before the handshake is through is told by its {@link TlsEntrance}. The connection's event loop only.
 */
final class TlsGuard extends ChannelInboundHandlerAdapter {
    private final TlsListener listener;
    private final SslHandler engine;
    private final Runnable toldByOthers;

    /** @param toldByOthers called if there will be no handshake, for a reason that is told by those behind */
    TlsGuard(TlsListener listener, SslHandler engine, Runnable toldByOthers) {
        this.listener = listener;
        this.engine = engine;
        this.toldByOthers = toldByOthers;
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
        if (TlsFailure.isOne(cause)) {
            if (isThrough) {
                listener.refused(ctx.channel(), TlsFailure.inWords(cause));
            }
            ctx.close();
        } else if (isThrough) {
            ctx.fireExceptionCaught(cause); // such as a peer that hangs up hard
        } else if (cause instanceof IOException) {
            ctx.close(); // which is told as the end of the handshake
        } else {
            toldByOthers.run(); // such as compression around us that makes no sense
            ctx.fireExceptionCaught(cause);
        }
    }
}
