package org.millrace.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.slf4j.Logger;

/**
 * The listening ports of one source and their connections. One thread accepts connections, a few event loops serve them all. {@link
 * #start} and {@link #close} are called by one thread.
 */
public final class TcpServer {
    /**
     * An event that a closing source sends through each pipeline: take no more in, settle and answer what is in flight, then close the
     * connection.
     */
    public static final Object DRAIN = new Object();

    private static final int BACKLOG = 1024;

    /** The other goes to channels and sinks. More loops find less to do each time they wake, and waking is what costs. */
    private static final int PROCESSORS_TO_A_LOOP = 2;

    private static final int LEAST_READ_BYTES = 512;

    /** Closing waits so long for calls in flight: longer than a channel's usual keep-alive, shorter than a sender's patience. */
    private static final Duration DRAIN_TIME = Duration.ofSeconds(10);

    private static final Duration THREADS_END_TIME = Duration.ofSeconds(2);

    private final SourceContext context;
    private final Logger log;
    private final TcpSettings settings;
    private final ConnectionFigures figures;
    private final PeerLog peerLog;
    private final PendingBytes pending;
    private final Transport transport;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final List<Channel> listening = new ArrayList<>();

    private @Nullable EventLoopGroup acceptors;
    private @Nullable EventLoopGroup eventLoops;
    private @Nullable NameLookups names;
    private boolean isServing;

    /**
     * @param log of the source
     * @param peerLog is told who comes and goes
     * @param pending what was taken in and is to be stored before the threads end
     */
    public TcpServer(
            SourceContext context,
            Logger log,
            TcpSettings settings,
            ConnectionFigures figures,
            PeerLog peerLog,
            PendingBytes pending,
            Transport transport) {
        this.context = context;
        this.log = log;
        this.settings = settings;
        this.figures = figures;
        this.peerLog = peerLog;
        this.pending = pending;
        this.transport = transport;
    }

    /**
     * Listens on the ports; all of them, or none.
     *
     * @param protocol for the log: e.g. {@code avro}
     * @param firstReadBytes what the first read of a connection may bring; the next ones adapt to what comes
     */
    public void start(String protocol, List<Integer> ports, int firstReadBytes, Admission.ConnectionBuilder builder)
            throws StartException {
        try {
            ServerBootstrap bootstrap = bootstrap(firstReadBytes, builder);
            for (int port : ports) {
                listening.add(Addresses.bind(bootstrap, context.name(), settings.host(), port));
            }
        } catch (StartException e) {
            close();
            throw e;
        }
        isServing = true;
        context.metrics().started(context.clock().instant());
        log.info(
                "source {}: {} on {}:{}, {} event loops ({})",
                context.name(),
                protocol,
                settings.host().isEmpty() ? "*" : settings.host(),
                boundAddresses().stream().map(InetSocketAddress::getPort).toList(),
                eventLoopCount(),
                transport);
    }

    /** Where it listens, in the order of the ports, also when they were left to the system; none before {@link #start}. */
    public List<InetSocketAddress> boundAddresses() {
        return listening.stream()
                .map(port -> (InetSocketAddress) port.localAddress())
                .toList();
    }

    /** Looks up names of peers; to be asked after {@link #start}. */
    public NameLookups names() {
        if (names == null) {
            throw new IllegalStateException("source " + context.name() + " is not started");
        }
        return names;
    }

    /** Closes the ports, has calls in flight settled, and ends all threads. Does nothing when called again. */
    public void close() {
        listening.forEach(port -> port.close().awaitUninterruptibly()); // 1. no new connections
        listening.clear();
        if (isServing) {
            isServing = false;
            drain(); // 2. calls in flight are answered
            context.metrics().stopped(context.clock().instant());
            log.info("source {}: stopped", context.name());
        }
        if (names != null) {
            names.close();
            names = null;
        }
        shutDown(acceptors);
        shutDown(eventLoops); // 3. and with the last thread everything is given back
        acceptors = null;
        eventLoops = null;
    }

    static void shutDown(@Nullable EventLoopGroup group) {
        if (group != null) {
            group.shutdownGracefully(0, THREADS_END_TIME.toMillis(), TimeUnit.MILLISECONDS)
                    .awaitUninterruptibly();
        }
    }

    private ServerBootstrap bootstrap(int firstReadBytes, Admission.ConnectionBuilder builder) {
        EventLoopGroup accepting = transport.newGroup("source-" + context.name() + "-accept", 1);
        acceptors = accepting;
        EventLoopGroup serving = transport.newGroup("source-" + context.name(), eventLoopCount());
        eventLoops = serving;
        NameLookups lookups = NameLookups.ofSystem(context.name(), context.clock());
        names = lookups;
        int maxUnsent = settings.maxUnsentBytes();
        int firstRead = Math.min(firstReadBytes, settings.maxReadBytes());
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
                        new AdaptiveRecvByteBufAllocator(
                                Math.min(LEAST_READ_BYTES, firstRead), firstRead, settings.maxReadBytes()))
                .childHandler(new Admission(settings, figures, peerLog, connections, lookups, builder));
    }

    private int eventLoopCount() {
        return settings.eventLoops() > 0
                ? settings.eventLoops()
                : Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_TO_A_LOOP);
    }

    private void drain() {
        long deadline = System.nanoTime() + DRAIN_TIME.toNanos();
        connections.forEach(connection -> connection.pipeline().fireUserEventTriggered(DRAIN));
        if (!connections.newCloseFuture().awaitUninterruptibly(DRAIN_TIME.toMillis())) {
            log.warn(
                    "source {}: {} connections closed with calls unanswered after {}",
                    context.name(),
                    connections.size(),
                    DRAIN_TIME);
        }
        connections.close().awaitUninterruptibly();
        pending.awaitNone(Duration.ofNanos(deadline - System.nanoTime())); // of connections that went before
    }
}
