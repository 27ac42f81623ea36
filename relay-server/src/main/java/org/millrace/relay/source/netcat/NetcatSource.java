package org.millrace.relay.source.netcat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.util.List;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.listener.BatchFigures;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReadGates;
import org.millrace.listener.SourceBatches;
import org.millrace.listener.TcpServer;
import org.millrace.listener.TrafficWatch;
import org.millrace.listener.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes lines on a port. {@link #start} and {@link #close} are called by one thread. */
final class NetcatSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(NetcatSource.class);

    private static final int FIRST_READ_BYTES = 2048;

    /** Batches read ahead of the one that is being stored; those are put one at a time, so that answers keep their order. */
    private static final int MAX_BATCHES = 8;

    private final NetcatSettings settings;
    private final ConnectionFigures connections;
    private final PeerLog peerLog;
    private final SourceBatches batches;
    private final ReadGates gates;
    private final TcpServer server;

    NetcatSource(SourceContext context, NetcatSettings settings, Transport transport) {
        this.settings = settings;
        this.connections = new ConnectionFigures(context.metrics());
        this.peerLog = new PeerLog(log, context.name(), context.clock());
        PendingBytes pending = new PendingBytes(settings.stream().maxPendingBytes());
        this.batches =
                new SourceBatches(context.inlet(), pending, new BatchFigures(context.metrics(), pending), peerLog);
        this.gates = new ReadGates(context.inlet(), pending, connections);
        this.server = new TcpServer(context, log, settings.stream().tcp(), connections, peerLog, pending, transport);
    }

    @Override
    public void start() throws StartException {
        server.start("netcat", List.of(settings.port()), FIRST_READ_BYTES, this::build);
    }

    InetSocketAddress boundAddress() {
        return server.boundAddresses().get(0);
    }

    @Override
    public void close() {
        server.close();
        batches.abandon();
    }

    private void build(Channel connection) {
        ReadGate gate = gates.open(connection, MAX_BATCHES);
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast(
                "traffic", new TrafficWatch(() -> false, gate, settings.stream().timeouts(), connections, peerLog));
        pipeline.addLast("lines", new NetcatConnection(connection, gate, batches, settings, peerLog));
    }
}
