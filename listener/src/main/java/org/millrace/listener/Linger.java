package org.millrace.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Hangs up on a peer that may still be sending. Whoever closes a socket with something unread in it takes back the answers that are still
 * on their way. So our half is closed first, and for a while what comes is to be read and dropped. The connection's event loop only.
 */
public final class Linger {
    /** The peer may take so long to read its answers. */
    private static final long SEND_MILLIS = 10_000;

    /** And so long to hang up itself. */
    private static final long MILLIS = 1_000;

    private Linger() {}

    /**
     * Closes the connection once the peer has had its answers, or has had its time; whoever sees the peer's end of input may close it
     * before. The caller reads and drops what comes.
     *
     * @param lastAnswer done once it was handed to the system
     */
    public static void hangUp(Channel connection, ChannelFuture lastAnswer) {
        closeAfter(connection, SEND_MILLIS);
        lastAnswer.addListener(sent -> {
            if (sent.isSuccess() && connection instanceof DuplexChannel socket) {
                endOutput(socket);
                closeAfter(connection, MILLIS);
            } else {
                connection.close();
            }
        });
    }

    /** Over TLS an end is said, or it looks like an attack; from then on nobody can read what comes, but it is taken out of the socket. */
    private static void endOutput(DuplexChannel socket) {
        ChannelHandlerContext tls = socket.pipeline().context(SslHandler.class);
        if (tls == null) {
            socket.shutdownOutput();
            return;
        }
        socket.pipeline().addBefore(tls.name(), "dropped", new Dropped());
        ((SslHandler) tls.handler()).closeOutbound().addListener(said -> socket.shutdownOutput());
    }

    private static final class Dropped extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            ReferenceCountUtil.release(bytes);
        }
    }

    private static void closeAfter(Channel connection, long millis) {
        Future<?> end = connection.eventLoop().schedule(() -> connection.close(), millis, TimeUnit.MILLISECONDS);
        connection.closeFuture().addListener(closed -> end.cancel(false));
    }
}
