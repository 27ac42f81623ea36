package org.millrace.relay.metrics;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code /metrics} with the JSON, {@code /} with a link to it, and anything else with 404, as Flume does. */
@ChannelHandler.Sharable
final class MetricsHttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(MetricsHttpHandler.class);
    private static final String INDEX =
            "<!doctype html><title>Millrace</title><a href=\"/metrics\">metrics</a> (JSON)\n";

    private final MetricsJson json;

    MetricsHttpHandler(MetricsJson json) {
        this.json = json;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext connection, FullHttpRequest request) {
        boolean keepAlive =
                HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        FullHttpResponse response = answer(request);
        if (request.method().equals(HttpMethod.HEAD)) {
            response.content().clear();
        }
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = connection.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private FullHttpResponse answer(FullHttpRequest request) {
        if (!request.decoderResult().isSuccess()) {
            return response(HttpResponseStatus.BAD_REQUEST, "text/plain;charset=utf-8", text("bad request\n"));
        }
        if (request.method().equals(HttpMethod.TRACE) || request.method().equals(HttpMethod.OPTIONS)) {
            return response(HttpResponseStatus.FORBIDDEN, "text/plain;charset=utf-8", text("forbidden\n"));
        }
        String path = new QueryStringDecoder(request.uri()).path();
        if (path.equalsIgnoreCase("/metrics")) {
            return metrics();
        }
        if (path.equals("/")) {
            return response(HttpResponseStatus.OK, "text/html;charset=utf-8", text(INDEX));
        }
        return response(HttpResponseStatus.NOT_FOUND, "text/plain;charset=utf-8", text("not found; try /metrics\n"));
    }

    /** Figures that cannot be read are left out; whatever else goes wrong, who asks is to see it. */
    private FullHttpResponse metrics() {
        try {
            return response(HttpResponseStatus.OK, "application/json;charset=utf-8", json.render());
        } catch (RuntimeException e) {
            log.error("metrics: cannot be shown", e);
            return response(
                    HttpResponseStatus.INTERNAL_SERVER_ERROR, "text/plain;charset=utf-8", text("see the log\n"));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext connection, Throwable cause) {
        log.debug("metrics: connection from {} closed: {}", connection.channel().remoteAddress(), cause.toString());
        connection.close();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, byte[] body) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers().set(CONTENT_TYPE, type).setInt(CONTENT_LENGTH, body.length);
        return response;
    }
}
