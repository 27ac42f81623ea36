package org.millrace.thrift;

import java.net.InetSocketAddress;
import java.util.List;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.TcpServer;
import org.millrace.listener.Transport;
import org.millrace.listener.tls.SourceTls;
import org.millrace.thrift.kerberos.SourceKerberos;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes events from Thrift clients of Flume's on a port. {@link #start} and {@link #close} are called by one thread. */
public final class ThriftSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(ThriftSource.class);

    private static final int FIRST_READ_BYTES = 16 << 10;

    private final SourceContext context;
    private final ThriftSourceSettings settings;
    private final ConnectionFigures connections;
    private final PeerLog peerLog;
    private final TcpServer server;

    ThriftSource(SourceContext context, ThriftSourceSettings settings) {
        this.context = context;
        this.settings = settings;
        this.connections = new ConnectionFigures(context.metrics());
        this.peerLog = new PeerLog(LOG, context.name(), context.clock());
        this.server = new TcpServer(
                context, LOG, settings.tcp(), connections, peerLog, PendingBytes.UNLIMITED, Transport.best());
    }

    @Override
    public void start() throws StartException {
        SourceTls tls = SourceTls.of(context, LOG, settings.tls().orElse(null), peerLog);
        SourceKerberos kerberos =
                SourceKerberos.of(context, LOG, settings.kerberos().orElse(null), peerLog);
        ConnectionSetup setup = new ConnectionSetup(context, settings, connections, peerLog, tls, kerberos);
        String protocol = kerberos.named(tls.named("thrift (" + settings.protocol() + ")"));
        server.start(protocol, List.of(settings.port()), FIRST_READ_BYTES, setup);
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
