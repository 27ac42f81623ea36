package org.millrace.relay.source.avro;

import java.net.InetSocketAddress;
import java.util.List;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.TcpServer;
import org.millrace.listener.Transport;
import org.millrace.listener.tls.SourceTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes events from Flume's senders and our own on a port. {@link #start} and {@link #close} are called by one thread. */
public final class AvroSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(AvroSource.class);

    private static final int FIRST_READ_BYTES = 16 << 10;

    private final SourceContext context;
    private final AvroSourceSettings settings;
    private final ConnectionFigures connections;
    private final PeerLog peerLog;
    private final TcpServer server;

    AvroSource(SourceContext context, AvroSourceSettings settings, Transport transport) {
        this.context = context;
        this.settings = settings;
        this.connections = new ConnectionFigures(context.metrics());
        this.peerLog = new PeerLog(log, context.name(), context.clock());
        this.server =
                new TcpServer(context, log, settings.tcp(), connections, peerLog, PendingBytes.UNLIMITED, transport);
    }

    @Override
    public void start() throws StartException {
        ReceiveBudget budget = new ReceiveBudget(settings.maxReceiveBytes());
        AvroSourceFigures figures = new AvroSourceFigures(context.metrics(), budget);
        SourceTls tls = SourceTls.of(context, log, settings.tls().orElse(null), peerLog);
        ConnectionSetup setup = new ConnectionSetup(context, settings, budget, figures, connections, peerLog, tls);
        server.start(tls.named("avro"), List.of(settings.port()), FIRST_READ_BYTES, setup);
    }

    /** Where it listens, also when the settings left the port to the system; to be asked after {@link #start}. */
    public InetSocketAddress boundAddress() {
        return server.boundAddresses().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("source " + context.name() + " is not started"));
    }

    @Override
    public void close() {
        server.close();
    }
}
