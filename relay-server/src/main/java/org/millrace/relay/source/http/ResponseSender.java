package org.millrace.relay.source.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.millrace.listener.Linger;

/** Writes answers. The connection's event loop only. */
final class ResponseSender {
    private static final int MAX_TEXT_CHARS = 500;

    private final Channel connection;

    ResponseSender(Channel connection) {
        this.connection = connection;
    }

    /** The peer may send its content. */
    void goOn() {
        connection.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }

    /**
     * Answers a request whose rest is still coming, and hangs up: see {@link Linger}. The caller reads and drops what comes.
     */
    void sendAndLinger(HttpRequest request, HttpResponseStatus status, String text) {
        Linger.hangUp(connection, write(request, status, text, false));
    }

    /** @param staysOpen whether another request may follow */
    void send(HttpRequest request, HttpResponseStatus status, String text, boolean staysOpen) {
        ChannelFuture written = write(request, status, text, staysOpen);
        if (!staysOpen) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private ChannelFuture write(HttpRequest request, HttpResponseStatus status, String text, boolean staysOpen) {
        String shown = text.substring(0, Math.min(text.length(), MAX_TEXT_CHARS));
        ByteBuf body =
                shown.isEmpty() ? Unpooled.EMPTY_BUFFER : ByteBufUtil.writeUtf8(connection.alloc(), shown + "\n");
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
        response.headers().setInt(CONTENT_LENGTH, body.readableBytes());
        if (!shown.isEmpty()) {
            response.headers().set(CONTENT_TYPE, "text/plain;charset=utf-8");
        }
        if (HttpMethod.HEAD.equals(request.method())) {
            body.clear();
        }
        HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), staysOpen);
        return connection.writeAndFlush(response);
    }

    void flush() {
        connection.flush();
    }

    /** Closes behind what was sent. */
    void close() {
        connection.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
