package org.millrace.relay.source.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReadGates;
import org.millrace.listener.TcpServer;
import org.millrace.listener.TrafficWatch;
import org.millrace.listener.Transport;
import org.millrace.listener.tls.SourceTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes HTTP requests on a port. {@link #start} and {@link #close} are called by one thread. */
final class HttpSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(HttpSource.class);

    private static final int FIRST_READ_BYTES = 4096;

    private final SourceContext context;
    private final HttpSettings settings;
    private final ConnectionFigures connections;
    private final PeerLog peerLog;
    private final PendingBytes held;
    private final HttpFigures figures;
    private final Map<EventLoop, InletFlush> flushes = new ConcurrentHashMap<>();
    private final ReadGates gates;
    private final TcpServer server;

    HttpSource(SourceContext context, HttpSettings settings, Transport transport) {
        this.context = context;
        this.settings = settings;
        this.connections = new ConnectionFigures(context.metrics());
        this.peerLog = new PeerLog(log, context.name(), context.clock());
        this.held = new PendingBytes(settings.maxReceiveBytes());
        this.figures = new HttpFigures(context.metrics(), held);
        this.gates = new ReadGates(context.inlet(), PendingBytes.UNLIMITED, connections);
        this.server = new TcpServer(context, log, settings.tcp(), connections, peerLog, held, transport);
    }

    @Override
    public void start() throws StartException {
        SourceTls tls = SourceTls.of(context, log, settings.tls().orElse(null), peerLog);
        server.start(
                tls.named("http"), List.of(settings.port()), FIRST_READ_BYTES, connection -> build(connection, tls));
    }

    InetSocketAddress boundAddress() {
        return server.boundAddresses().get(0);
    }

    @Override
    public void close() {
        server.close();
    }

    private void build(Channel connection, SourceTls tls) {
        ReadGate gate = gates.open(connection, 1);
        InletFlush flush =
                flushes.computeIfAbsent(connection.eventLoop(), loop -> new InletFlush(context.inlet(), loop));
        RequestPuts puts = new RequestPuts(
                connection.eventLoop(), context.inlet(), flush, held, settings.maxReceiveBytes(), figures);
        HttpConnection requests =
                new HttpConnection(connection, puts, gate, settings, held, figures, connections, peerLog);
        TrafficWatch.Timeouts timeouts = new TrafficWatch.Timeouts(settings.idleTimeout(), settings.idleTimeout());
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast("traffic", new TrafficWatch(requests::isMidRequest, gate, timeouts, connections, peerLog));
        tls.addTo(pipeline, null);
        HttpPipeline.addTo(pipeline, settings, requests);
    }
}
