package org.millrace.relay.source.syslog;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.listener.BatchFigures;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.DatagramServer;
import org.millrace.listener.DatagramSettings;
import org.millrace.listener.NameLookups;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.SourceBatches;
import org.millrace.listener.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes syslog messages in datagrams. {@link #start} and {@link #close} are called by one thread. */
final class SyslogUdpSource implements Source {
    private static final Logger log = LoggerFactory.getLogger(SyslogUdpSource.class);

    private final SourceContext context;
    private final DatagramSettings settings;
    private final SyslogSettings messages;
    private final CustomFormat.@Nullable Definition format;
    private final ZoneId zone;
    private final ConnectionFigures connections;
    private final SyslogFigures figures;
    private final SourceBatches batches;
    private final DatagramServer server;

    /** @param zone of time stamps that do not say theirs */
    SyslogUdpSource(
            SourceContext context,
            DatagramSettings settings,
            SyslogSettings messages,
            CustomFormat.@Nullable Definition format,
            ZoneId zone,
            Transport transport) {
        this.context = context;
        this.settings = settings;
        this.messages = messages;
        this.format = format;
        this.zone = zone;
        this.connections = new ConnectionFigures(context.metrics());
        this.figures = new SyslogFigures(context.metrics());
        PendingBytes pending = new PendingBytes(settings.maxPendingBytes());
        PeerLog peerLog = new PeerLog(log, context.name(), context.clock());
        this.batches =
                new SourceBatches(context.inlet(), pending, new BatchFigures(context.metrics(), pending), peerLog);
        this.server = new DatagramServer(context, log, pending, transport);
    }

    @Override
    public void start() throws StartException {
        server.start("syslogudp", settings, this::handler);
    }

    InetSocketAddress boundAddress() {
        return server.boundAddress();
    }

    @Override
    public void close() {
        server.close();
        batches.abandon();
    }

    private ChannelHandler handler(Channel port, NameLookups names) {
        SyslogParser parser = new SyslogParser(
                new StampReader(zone, context.clock(), false), format == null ? null : new CustomFormat(format));
        SyslogEvents events = new SyslogEvents(Dialect.PLAIN, parser, messages.keep(), MessageText.asItIs(), figures);
        PeerHeaders peerHeaders = new PeerHeaders(messages, null);
        return new SyslogDatagrams(port, batches, connections, events, peerHeaders, names);
    }
}
