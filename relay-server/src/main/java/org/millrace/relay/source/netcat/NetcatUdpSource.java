package org.millrace.relay.source.netcat;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.listener.BatchFigures;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.DatagramServer;
import org.millrace.listener.DatagramSettings;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.SourceBatches;
import org.millrace.listener.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes datagrams on a port. {@link #start} and {@link #close} are called by one thread. */
final class NetcatUdpSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(NetcatUdpSource.class);

    private final DatagramSettings settings;
    private final @Nullable String header;
    private final ConnectionFigures connections;
    private final SourceBatches batches;
    private final DatagramServer server;

    /** @param header gets the sender's address */
    NetcatUdpSource(SourceContext context, DatagramSettings settings, @Nullable String header, Transport transport) {
        this.settings = settings;
        this.header = header;
        this.connections = new ConnectionFigures(context.metrics());
        PendingBytes pending = new PendingBytes(settings.maxPendingBytes());
        PeerLog peerLog = new PeerLog(log, context.name(), context.clock());
        this.batches =
                new SourceBatches(context.inlet(), pending, new BatchFigures(context.metrics(), pending), peerLog);
        this.server = new DatagramServer(context, log, pending, transport);
    }

    @Override
    public void start() throws StartException {
        server.start("netcatudp", settings, (port, names) -> new NetcatDatagrams(port, batches, connections, header));
    }

    InetSocketAddress boundAddress() {
        return server.boundAddress();
    }

    @Override
    public void close() {
        server.close();
        batches.abandon();
    }
}
