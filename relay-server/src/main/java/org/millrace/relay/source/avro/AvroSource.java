package org.millrace.relay.source.avro;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.codec.frame.ReceiveBudget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events from Flume's senders and our own on a port. One thread accepts connections, a few event loops serve them all.
 * {@link #start} and {@link #close} are called by one thread.
 */
public final class AvroSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(AvroSource.class);

    private static final int BACKLOG = 1024;

    /** The other goes to channels and sinks. More loops find less to do each time they wake, and waking is what costs. */
    private static final int PROCESSORS_TO_A_LOOP = 2;

    /** One read brings at most so much: some frames of a hundred events. */
    private static final int MAX_READ_BYTES = 256 << 10;

    private static final int FIRST_READ_BYTES = 16 << 10;
    private static final int LEAST_READ_BYTES = 512;

    private static final int NAME_LOOKUP_THREADS = 4;
    private static final int MAX_NAME_LOOKUPS = 1000;

    /** Closing waits so long for calls in flight: longer than a channel's usual keep-alive, shorter than a sender's patience. */
    private static final Duration DRAIN_TIME = Duration.ofSeconds(10);

    private static final Duration THREADS_END_TIME = Duration.ofSeconds(2);

    private final SourceContext context;
    private final AvroSourceSettings settings;
    private final Transport transport;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    private @Nullable EventLoopGroup acceptors;
    private @Nullable EventLoopGroup eventLoops;
    private @Nullable ThreadPoolExecutor nameLookups;
    private @Nullable Channel listening;

    AvroSource(SourceContext context, AvroSourceSettings settings, Transport transport) {
        this.context = context;
        this.settings = settings;
        this.transport = transport;
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
        log.info(
                "source {}: avro on {}:{}, {} event loops ({})",
                context.name(),
                settings.bind(),
                boundAddress().getPort(),
                eventLoopCount(),
                transport);
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
            log.info("source {}: stopped", context.name());
        }
        if (nameLookups != null) {
            nameLookups.shutdownNow();
            nameLookups = null;
        }
        shutDown(acceptors);
        shutDown(eventLoops); // 3. and with the last thread everything is given back
        acceptors = null;
        eventLoops = null;
    }

    private ServerBootstrap bootstrap() {
        EventLoopGroup accepting = transport.newGroup("source-" + context.name() + "-accept", 1);
        acceptors = accepting;
        EventLoopGroup serving = transport.newGroup("source-" + context.name(), eventLoopCount());
        eventLoops = serving;
        nameLookups = newNameLookups();
        ReceiveBudget budget = new ReceiveBudget(settings.maxReceiveBytes());
        ConnectionSetup setup = new ConnectionSetup(
                context,
                settings,
                budget,
                new AvroSourceFigures(context.metrics(), budget),
                new PeerLog(context.name(), context.clock()),
                connections,
                nameLookups);
        int maxUnsent = settings.connections().maxUnsentReplyBytes();
        return new ServerBootstrap()
                .group(accepting, serving)
                .channel(transport.acceptor())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(maxUnsent / 2, maxUnsent))
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator(LEAST_READ_BYTES, FIRST_READ_BYTES, MAX_READ_BYTES))
                .childHandler(setup);
    }

    private int eventLoopCount() {
        return settings.eventLoops() > 0
                ? settings.eventLoops()
                : Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_TO_A_LOOP);
    }

    /** Starts no thread before the first name is to be looked up. */
    private ThreadPoolExecutor newNameLookups() {
        ThreadPoolExecutor lookups = new ThreadPoolExecutor(
                NAME_LOOKUP_THREADS,
                NAME_LOOKUP_THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_NAME_LOOKUPS),
                new DefaultThreadFactory("source-" + context.name() + "-names", true));
        lookups.allowCoreThreadTimeOut(true);
        return lookups;
    }

    private void drain() {
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(AvroCallHandler.DRAIN));
        if (!connections.newCloseFuture().awaitUninterruptibly(DRAIN_TIME.toMillis())) {
            log.warn(
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
