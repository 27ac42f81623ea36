package org.millrace.relay.source.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Hangs up behind the last answer, while the peer may still be sending: says that no more will come, and closes a second later. Whoever
 * closes on what it has not read takes its answers back on the way; so the connection is to be read until then, and what comes is to be
 * dropped. The connection's event loop only.
 */
public final class LingeringClose implements ChannelFutureListener {
    private static final long LINGER_MILLIS = 1000;

    @Override
    public void operationComplete(ChannelFuture written) {
        Channel connection = written.channel();
        if (!written.isSuccess()) {
            connection.close();
            return;
        }
        if (connection instanceof DuplexChannel socket) {
            socket.shutdownOutput();
        }
        Future<?> end = connection.eventLoop().schedule(() -> connection.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        connection.closeFuture().addListener(closed -> end.cancel(false));
    }
}
