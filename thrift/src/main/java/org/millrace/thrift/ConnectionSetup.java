package org.millrace.thrift;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.api.SourceContext;
import org.millrace.codec.frame.LengthFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.listener.Admission;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReadGates;
import org.millrace.listener.TrafficWatch;
import org.millrace.listener.tls.SourceTls;
import org.millrace.thrift.kerberos.SourceKerberos;

/** Builds what serves a connection. Thread-safe: any event loop. */
final class ConnectionSetup implements Admission.ConnectionBuilder {
    private final SourceContext context;
    private final ThriftSourceSettings settings;
    private final ReceiveBudget budget;
    private final SourceFigures figures;
    private final ConnectionFigures connections;
    private final PeerLog log;
    private final ReadGates gates;
    private final SourceTls tls;
    private final SourceKerberos kerberos;
    private final Map<EventLoop, InletFlush> flushes = new ConcurrentHashMap<>();

    ConnectionSetup(
            SourceContext context,
            ThriftSourceSettings settings,
            ConnectionFigures connections,
            PeerLog log,
            SourceTls tls,
            SourceKerberos kerberos) {
        this.context = context;
        this.settings = settings;
        this.budget = new ReceiveBudget(settings.maxReceiveBytes());
        this.figures = new SourceFigures(context.metrics(), budget);
        this.connections = connections;
        this.log = log;
        this.gates = new ReadGates(context.inlet(), PendingBytes.UNLIMITED, connections);
        this.tls = tls;
        this.kerberos = kerberos;
    }

    /** In wire order: the socket's side first, our calls last. */
    @Override
    public void build(Channel connection) {
        LengthFrameDecoder frames = new LengthFrameDecoder(settings.codec(), budget);
        ReadGate gate = gates.open(connection, settings.maxPipelined());
        CallReader reader = new CallReader(settings.protocol(), settings.codec());
        InletFlush flush =
                flushes.computeIfAbsent(connection.eventLoop(), loop -> new InletFlush(context.inlet(), loop));
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast("traffic", new TrafficWatch(frames::isMidFrame, gate, settings.timeouts(), connections, log));
        tls.addTo(pipeline, null);
        kerberos.addTo(pipeline, budget);
        pipeline.addLast("frames", frames);
        pipeline.addLast(
                "calls",
                new CallHandler(connection, context.inlet(), flush, settings.protocol(), reader, gate, figures, log));
    }
}
