package org.millrace.relay.metrics;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;

/** One thread that answers HTTP. {@link #start} and {@link #close} are called by one thread. */
final class MetricsHttpServer implements AutoCloseable {
    private static final int MAX_REQUEST_BYTES = 64 << 10;
    private static final int IDLE_SECONDS = 60;

    private final InetSocketAddress bind;
    private final MetricsHttpHandler handler;
    private @Nullable EventLoopGroup group;
    private @Nullable Channel acceptor;

    MetricsHttpServer(InetSocketAddress bind, MetricsHttpHandler handler) {
        this.bind = bind;
        this.handler = handler;
    }

    /** @return the address it listens on */
    InetSocketAddress start() throws StartException {
        EventLoopGroup started = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("metrics", true), NioIoHandler.newFactory());
        group = started;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(started)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        connection
                                .pipeline()
                                .addLast("idle", new ReadTimeoutHandler(IDLE_SECONDS))
                                .addLast("http", new HttpServerCodec())
                                .addLast("whole", new HttpObjectAggregator(MAX_REQUEST_BYTES))
                                .addLast("metrics", handler);
                    }
                });
        var bound = bootstrap.bind(bind).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new StartException(
                    "metrics: cannot listen on " + bind.getHostString() + ":" + bind.getPort() + ": "
                            + bound.cause().getMessage()
                            + " (expected: a free port, -Dflume.monitoring.port, and an address of this machine,"
                            + " -Dmillrace.monitoring.bind)",
                    bound.cause());
        }
        Channel listening = bound.channel();
        acceptor = listening;
        return (InetSocketAddress) listening.localAddress();
    }

    @Override
    public void close() {
        if (acceptor != null) {
            acceptor.close().awaitUninterruptibly();
            acceptor = null;
        }
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            group = null;
        }
    }
}
