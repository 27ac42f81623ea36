package org.millrace.thrift;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events from Thrift clients of Flume's on a port. One thread accepts connections, a few event loops serve them all. {@link
 * #start} and {@link #close} are called by one thread.
 */
public final class ThriftSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(ThriftSource.class);

    private static final int BACKLOG = 1024;

    /** The other goes to channels and sinks. */
    private static final int PROCESSORS_TO_A_LOOP = 2;

    private static final int LEAST_READ_BYTES = 512;
    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int MAX_READ_BYTES = 256 << 10;

    /** Closing waits so long for calls in flight: longer than a channel's usual keep-alive, shorter than a sender's patience. */
    private static final Duration DRAIN_TIME = Duration.ofSeconds(10);

    private static final Duration THREADS_END_TIME = Duration.ofSeconds(2);

    private final SourceContext context;
    private final ThriftSourceSettings settings;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    private @Nullable EventLoopGroup acceptors;
    private @Nullable EventLoopGroup eventLoops;
    private @Nullable Channel listening;

    ThriftSource(SourceContext context, ThriftSourceSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    @Override
    public void start() throws StartException {
        InetSocketAddress address = new InetSocketAddress(settings.bind(), settings.port());
        if (address.isUnresolved()) {
            throw new StartException("source " + context.name() + ": bind: unknown host " + settings.bind()
                    + " (expected: a local address)");
        }
        ChannelFuture bound = bootstrap().bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new StartException(
                    "source " + context.name() + ": cannot listen on " + settings.bind() + ":" + settings.port() + ": "
                            + bound.cause().getMessage() + " (expected: an address of this machine and a free port)",
                    bound.cause());
        }
        listening = bound.channel();
        context.metrics().started(context.clock().instant());
        LOG.info(
                "source {}: thrift ({}) on {}:{}, {} event loops",
                context.name(),
                settings.protocol(),
                settings.bind(),
                boundAddress().getPort(),
                eventLoopCount());
    }

    /** Where it listens, also when the settings left the port to the system; to be asked after {@link #start}. */
    public InetSocketAddress boundAddress() {
        if (listening == null) {
            throw new IllegalStateException("source " + context.name() + " is not started");
        }
        return (InetSocketAddress) listening.localAddress();
    }

    @Override
    public void close() {
        if (listening != null) {
            listening.close().awaitUninterruptibly(); // 1. no new connections
            listening = null;
            drain(); // 2. calls in flight are answered
            context.metrics().stopped(context.clock().instant());
            LOG.info("source {}: stopped", context.name());
        }
        shutDown(acceptors);
        shutDown(eventLoops); // 3. and with the last thread everything is given back
        acceptors = null;
        eventLoops = null;
    }

    private ServerBootstrap bootstrap() {
        EventLoopGroup accepting = newGroup("source-" + context.name() + "-accept", 1);
        acceptors = accepting;
        EventLoopGroup serving = newGroup("source-" + context.name(), eventLoopCount());
        eventLoops = serving;
        int maxUnsent = settings.maxUnsentReplyBytes();
        return new ServerBootstrap()
                .group(accepting, serving)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(maxUnsent / 2, maxUnsent))
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
                .childHandler(new ConnectionSetup(context, settings, connections));
    }

    private static EventLoopGroup newGroup(String threadName, int threads) {
        IoHandlerFactory handlers = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(threadName, true), handlers);
    }

    private int eventLoopCount() {
        return settings.eventLoops() > 0
                ? settings.eventLoops()
                : Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_TO_A_LOOP);
    }

    private void drain() {
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(CallHandler.DRAIN));
        if (!connections.newCloseFuture().awaitUninterruptibly(DRAIN_TIME.toMillis())) {
            LOG.warn(
                    "source {}: {} connections closed with calls unanswered after {}",
                    context.name(),
                    connections.size(),
                    DRAIN_TIME);
        }
        connections.close().awaitUninterruptibly();
    }

    private static void shutDown(@Nullable EventLoopGroup group) {
        if (group != null) {
            group.shutdownGracefully(0, THREADS_END_TIME.toMillis(), TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly();
        }
    }
}
