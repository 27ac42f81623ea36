package org.millrace.thrift;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.api.SourceContext;
import org.millrace.codec.frame.LengthFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;

/** Lets a new connection in or turns it away, and builds what serves it. Thread-safe: any event loop. */
final class ConnectionSetup extends ChannelInitializer<Channel> {
    private final SourceContext context;
    private final ThriftSourceSettings settings;
    private final InletRoom room;
    private final ReceiveBudget budget;
    private final SourceFigures figures;
    private final PeerLog log;
    private final ChannelGroup connections;
    private final Map<EventLoop, InletFlush> flushes = new ConcurrentHashMap<>();

    /** @param connections gets each connection that is let in */
    ConnectionSetup(SourceContext context, ThriftSourceSettings settings, ChannelGroup connections) {
        this.context = context;
        this.settings = settings;
        this.room = new InletRoom(context.inlet());
        this.budget = new ReceiveBudget(settings.maxReceiveBytes());
        this.figures = new SourceFigures(context.metrics(), budget);
        this.log = new PeerLog(context.name(), context.clock());
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel connection) {
        if (connections.size() >= settings.maxConnections()) {
            figures.overMaxConnections();
            log.refused(connection, "maxConnections: " + settings.maxConnections() + " are open");
            connection.close();
            return;
        }
        connections.add(connection); // forgets it by itself once it is closed
        figures.opened();
        log.connected(connection);
        connection.closeFuture().addListener(closed -> figures.closed());
        build(connection);
    }

    /** In wire order: the socket's side first, our calls last. */
    private void build(Channel connection) {
        LengthFrameDecoder frames = new LengthFrameDecoder(settings.codec(), budget);
        ReadGate gate = new ReadGate(connection, room, settings.maxPipelined(), figures);
        CallReader reader = new CallReader(settings.protocol(), settings.codec());
        InletFlush flush =
                flushes.computeIfAbsent(connection.eventLoop(), loop -> new InletFlush(context.inlet(), loop));
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast("silence", new SilenceWatch(frames, gate, settings, figures, log, context.clock()));
        pipeline.addLast("frames", frames);
        pipeline.addLast(
                "calls",
                new CallHandler(connection, context.inlet(), flush, settings.protocol(), reader, gate, figures, log));
    }
}
