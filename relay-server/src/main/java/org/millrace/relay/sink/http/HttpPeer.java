package org.millrace.relay.sink.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SinkContext;
import org.millrace.relay.sink.http.Answers.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink's connection to its server, made when it is needed. Requests are written one behind the other without waiting for answers; the
 * server answers in their order. The sink's thread only.
 */
final class HttpPeer {
    private static final Logger LOG = LoggerFactory.getLogger(HttpSink.class);
    private static final int MOST_LINE_BYTES = 8 << 10;
    private static final int MOST_HEADER_BYTES = 64 << 10;
    private static final int MOST_CHUNK_BYTES = 64 << 10;

    private final SinkContext context;
    private final HttpSinkSettings settings;
    private final SSLContext tls;
    private final Endpoint endpoint;
    private final Dialer dialer;
    private final String hostHeader;
    private @Nullable Channel connection;

    /** Begins to connect, and does not wait. */
    interface Dialer {
        ChannelFuture connect(Bootstrap bootstrap, InetSocketAddress address);
    }

    /** @param tls whom to trust, where the endpoint is https */
    HttpPeer(SinkContext context, HttpSinkSettings settings, SSLContext tls) {
        this(context, settings, tls, Bootstrap::connect);
    }

    HttpPeer(SinkContext context, HttpSinkSettings settings, SSLContext tls, Dialer dialer) {
        this.context = context;
        this.settings = settings;
        this.tls = tls;
        this.dialer = dialer;
        this.endpoint = settings.endpoint();
        this.hostHeader = endpoint.hostHeader();
    }

    /** One thread for all sinks: it waits for nobody, and begins with the first connection. */
    private static final class Loop {
        static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("http-sinks", true), NioIoHandler.newFactory());
    }

    boolean isOpen() {
        return connection != null && connection.isActive();
    }

    /**
     * Connects unless there is a connection. The name is looked up anew; its addresses are tried in order.
     *
     * @throws IOException if the server cannot be reached
     */
    void connect() throws IOException, InterruptedException {
        if (isOpen()) {
            return;
        }
        close();
        IOException failure = null;
        try {
            for (InetAddress address : InetAddress.getAllByName(endpoint.hostName())) {
                ChannelFuture attempt = dialer.connect(bootstrap(), new InetSocketAddress(address, endpoint.port()));
                if (ended(attempt).isSuccess()) {
                    connection = attempt.channel();
                    context.metrics().connectionsCreated.inc();
                    LOG.debug("sink {}: connected to {}", context.name(), settings.shownEndpoint());
                    return;
                }
                failure =
                        new IOException("cannot connect to " + address + ", port " + endpoint.port(), attempt.cause());
            }
        } catch (IOException e) {
            failure = e;
        }
        context.metrics().connectionsFailed.inc();
        throw failure == null ? new IOException("host " + endpoint.hostName() + " has no address") : failure;
    }

    /** Waits for its end; who does not wait any longer leaves no socket behind. */
    private static ChannelFuture ended(ChannelFuture attempt) throws InterruptedException {
        try {
            return attempt.await();
        } catch (InterruptedException e) {
            attempt.channel().close();
            throw e;
        }
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(Loop.GROUP)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        settings.connectTimeout().toMillis())
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (endpoint.isTls()) {
                            channel.pipeline().addLast("tls", tls());
                        }
                        channel.pipeline()
                                .addLast(
                                        "http",
                                        new HttpClientCodec(MOST_LINE_BYTES, MOST_HEADER_BYTES, MOST_CHUNK_BYTES))
                                .addLast("answers", new Answers(settings.requestTimeout()));
                    }
                });
    }

    private SslHandler tls() {
        SSLEngine engine = tls.createSSLEngine(endpoint.hostName(), endpoint.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate has to be that of the host
        engine.setSSLParameters(parameters);
        return new SslHandler(engine);
    }

    /**
     * Posts bodies, in order.
     *
     * @param bodies taken over
     * @return for each the status of its answer; or an {@link IOException}, of kind {@link NotServedException} if the server has not looked
     *     at it
     */
    List<CompletableFuture<Integer>> post(List<ByteBuf> bodies) {
        Channel to = connection;
        if (to == null) {
            throw new IllegalStateException("not connected");
        }
        List<Exchange> exchanges = bodies.stream()
                .map(body -> new Exchange(head(body), body, new CompletableFuture<>()))
                .toList();
        to.eventLoop().execute(() -> {
            ChannelHandlerContext handler = to.pipeline().context(Answers.class);
            if (handler == null) {
                exchanges.forEach(each -> each.giveUp(new IOException("the connection has ended")));
            } else {
                ((Answers) handler.handler()).send(handler, exchanges);
            }
        });
        return exchanges.stream().map(Exchange::answer).toList();
    }

    private HttpRequest head(ByteBuf body) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, endpoint.target());
        HttpHeaders headers = head.headers();
        headers.set(HttpHeaderNames.CONTENT_TYPE, settings.contentType());
        headers.set(HttpHeaderNames.ACCEPT, settings.accept());
        headers.set(HttpHeaderNames.USER_AGENT, "Millrace");
        headers.set(HttpHeaderNames.HOST, hostHeader);
        headers.set(HttpHeaderNames.CONNECTION, "keep-alive");
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return head;
    }

    /** Closes the connection if there is one; what is not answered fails. */
    void close() {
        if (connection != null) {
            connection.close();
            connection = null;
            context.metrics().connectionsClosed.inc();
        }
    }
}
