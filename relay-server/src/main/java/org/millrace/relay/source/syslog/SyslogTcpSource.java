package org.millrace.relay.source.syslog;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.millrace.api.BatchSized;
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
import org.millrace.listener.tls.SourceTls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes syslog messages on one port or several. {@link #start} and {@link #close} are called by one thread. */
class SyslogTcpSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(SyslogTcpSource.class);

    private final SourceContext context;
    private final SyslogTcpSettings settings;
    private final ZoneId zone;
    private final PeerHeaders peerHeaders;
    private final ConnectionFigures connections;
    private final SyslogFigures figures;
    private final PeerLog peerLog;
    private final SourceBatches batches;
    private final ReadGates gates;
    private final TcpServer server;

    /** @param zone of time stamps that do not say theirs, in the plain dialect */
    SyslogTcpSource(SourceContext context, SyslogTcpSettings settings, ZoneId zone, Transport transport) {
        this.context = context;
        this.settings = settings;
        this.zone = zone;
        this.peerHeaders = new PeerHeaders(settings.messages(), settings.portHeader());
        this.connections = new ConnectionFigures(context.metrics());
        this.figures = new SyslogFigures(context.metrics());
        this.peerLog = new PeerLog(log, context.name(), context.clock());
        PendingBytes pending = new PendingBytes(settings.stream().maxPendingBytes());
        this.batches =
                new SourceBatches(context.inlet(), pending, new BatchFigures(context.metrics(), pending), peerLog);
        this.gates = new ReadGates(context.inlet(), pending, connections);
        this.server = new TcpServer(context, log, settings.stream().tcp(), connections, peerLog, pending, transport);
    }

    @Override
    public void start() throws StartException {
        SourceTls tls = SourceTls.of(context, log, settings.tls(), peerLog);
        server.start(
                tls.named("syslog"), settings.ports(), settings.firstReadBytes(), connection -> build(connection, tls));
    }

    List<InetSocketAddress> boundAddresses() {
        return server.boundAddresses();
    }

    @Override
    public void close() {
        server.close();
        batches.abandon();
    }

    private void build(Channel connection, SourceTls tls) {
        InetSocketAddress local = (InetSocketAddress) connection.localAddress();
        InetAddress peer = ((InetSocketAddress) connection.remoteAddress()).getAddress();
        ReadGate gate = gates.open(connection, SyslogConnection.MAX_BATCHES);
        SyslogEvents events = events(local.getPort());
        peerHeaders.addTo(events, local, peer);
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast(
                "traffic", new TrafficWatch(() -> false, gate, settings.stream().timeouts(), connections, peerLog));
        tls.addTo(pipeline, null);
        pipeline.addLast(
                "messages", new SyslogConnection(connection, gate, batches, settings, events, figures, peerLog));
        if (peerHeaders.needName()) {
            addName(connection, peer, events, gate);
        }
    }

    /** Nothing is read until the name is known, or has taken too long. */
    private void addName(Channel connection, InetAddress peer, SyslogEvents events, ReadGate gate) {
        CompletableFuture<String> name = server.names().nameOf(peer);
        if (name.isDone()) {
            peerHeaders.addNameTo(events, name.join());
            return;
        }
        gate.hold();
        name.thenAcceptAsync(
                found -> {
                    peerHeaders.addNameTo(events, found);
                    gate.letGo();
                },
                connection.eventLoop());
    }

    private SyslogEvents events(int port) {
        Charset charset = settings.charsets().getOrDefault(port, settings.charset());
        MessageText text = charset == null ? MessageText.asItIs() : MessageText.of(charset);
        MessageParser parser = settings.dialect() == Dialect.MULTIPORT
                ? new MultiportParser(new StampReader(ZoneOffset.UTC, context.clock(), true), context.clock())
                : new SyslogParser(
                        new StampReader(zone, context.clock(), false),
                        settings.format() == null ? null : new CustomFormat(settings.format()));
        return new SyslogEvents(settings.dialect(), parser, settings.messages().keep(), text, figures);
    }

    /** One whose batch size is Flume's, and so is compared with its channels' as Flume does. */
    static final class Multiport extends SyslogTcpSource implements BatchSized {
        private final int batchEvents;

        Multiport(SourceContext context, SyslogTcpSettings settings, Transport transport) {
            super(context, settings, ZoneOffset.UTC, transport);
            this.batchEvents = settings.batchEvents();
        }

        @Override
        public int batchEvents() {
            return batchEvents;
        }

        @Override
        public String batchKey() {
            return "batchSize";
        }
    }
}
