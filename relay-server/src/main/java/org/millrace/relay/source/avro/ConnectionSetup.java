package org.millrace.relay.source.avro;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.millrace.api.Inlet;
import org.millrace.api.SourceContext;
import org.millrace.codec.compress.DeflateHandler;
import org.millrace.codec.compress.InflateHandler;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.codec.rpc.AvroCallDecoder;
import org.millrace.codec.rpc.PeerProtocols;
import org.millrace.relay.source.avro.AvroSourceSettings.Compression;

/** Lets a new connection in or turns it away, and builds what serves it. Thread-safe: any event loop. */
final class ConnectionSetup extends ChannelInitializer<Channel> {
    private final AvroSourceSettings settings;
    private final Inlet inlet;
    private final InstantSource clock;
    private final ReceiveBudget budget;
    private final AvroSourceFigures figures;
    private final PeerLog log;
    private final Map<EventLoop, InletFlush> flushes = new ConcurrentHashMap<>();
    private final PeerProtocols protocols = new PeerProtocols();
    private final ChannelGroup connections;
    private final Executor nameLookups;

    /**
     * @param connections gets each connection that is let in
     * @param nameLookups runs what may block; refuses when it has too much to do
     */
    ConnectionSetup(
            SourceContext context,
            AvroSourceSettings settings,
            ReceiveBudget budget,
            AvroSourceFigures figures,
            PeerLog log,
            ChannelGroup connections,
            Executor nameLookups) {
        this.settings = settings;
        this.inlet = context.inlet();
        this.clock = context.clock();
        this.budget = budget;
        this.figures = figures;
        this.log = log;
        this.connections = connections;
        this.nameLookups = nameLookups;
    }

    @Override
    protected void initChannel(Channel connection) {
        if (connections.size() >= settings.connections().maxConnections()) {
            figures.overMaxConnections();
            turnAway(connection, "maxConnections: " + settings.connections().maxConnections() + " are open");
            return;
        }
        InetAddress peer = ((InetSocketAddress) connection.remoteAddress()).getAddress();
        switch (settings.filter().verdict(peer)) {
            case ALLOWED -> letIn(connection);
            case DENIED -> deny(connection);
            case NEEDS_NAME -> askForName(connection, peer);
        }
    }

    private void askForName(Channel connection, InetAddress peer) {
        connection.config().setAutoRead(false);
        try {
            CompletableFuture.supplyAsync(() -> settings.filter().allows(peer), nameLookups)
                    .thenAcceptAsync(
                            isAllowed -> {
                                if (isAllowed) {
                                    letIn(connection);
                                    connection.config().setAutoRead(true);
                                } else {
                                    deny(connection);
                                }
                            },
                            connection.eventLoop())
                    .exceptionally(failure -> {
                        turnAway(connection, "ipFilter: " + failure.getMessage());
                        return null;
                    });
        } catch (RejectedExecutionException e) {
            turnAway(connection, "ipFilter: too many names to look up at once");
        }
    }

    private void letIn(Channel connection) {
        if (!connection.isOpen()) { // gone while we asked for its name
            return;
        }
        connections.add(connection); // forgets it by itself once it is closed
        figures.opened();
        log.connected(connection);
        connection.closeFuture().addListener(closed -> {
            figures.closed();
            log.disconnected(connection);
        });
        build(connection);
    }

    /** In wire order: the socket's side first, our calls last. */
    private void build(Channel connection) {
        AvroFrameDecoder frames = new AvroFrameDecoder(settings.codec(), budget);
        ReadGate gate = new ReadGate(connection, inlet, settings.connections().maxPipelined(), figures);
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast("traffic", new TrafficWatch(frames, gate, settings.connections(), figures, log, clock));
        if (settings.compression() == Compression.DEFLATE) {
            pipeline.addLast("inflate", new InflateHandler(settings.codec()));
            pipeline.addLast("deflate", new DeflateHandler(DeflateHandler.DEFAULT_LEVEL));
        }
        pipeline.addLast("frames", frames);
        AvroCallDecoder calls = new AvroCallDecoder(settings.codec(), protocols);
        InletFlush flush = flushes.computeIfAbsent(connection.eventLoop(), loop -> new InletFlush(inlet, loop));
        pipeline.addLast("calls", new AvroCallHandler(connection, inlet, flush, calls, gate, figures, log));
    }

    private void deny(Channel connection) {
        figures.deniedByFilter();
        turnAway(connection, "ipFilter");
    }

    private void turnAway(Channel connection, String why) {
        log.refused(connection, why);
        connection.close();
    }
}
