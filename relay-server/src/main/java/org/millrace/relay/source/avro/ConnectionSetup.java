package org.millrace.relay.source.avro;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Inlet;
import org.millrace.api.SourceContext;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.codec.frame.ReceiveBudget;
import org.millrace.codec.rpc.AvroCallDecoder;
import org.millrace.codec.rpc.PeerProtocols;
import org.millrace.listener.Admission;
import org.millrace.listener.ConnectionFigures;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PeerLog;
import org.millrace.listener.PendingBytes;
import org.millrace.listener.ReadGate;
import org.millrace.listener.ReadGates;
import org.millrace.listener.TrafficWatch;
import org.millrace.listener.tls.SourceTls;
import org.millrace.relay.source.avro.AvroSourceSettings.Compression;

/** Builds what serves a connection. Thread-safe: any event loop. */
final class ConnectionSetup implements Admission.ConnectionBuilder {
    private final AvroSourceSettings settings;
    private final Inlet inlet;
    private final ReceiveBudget budget;
    private final AvroSourceFigures figures;
    private final ConnectionFigures connections;
    private final PeerLog log;
    private final ReadGates gates;
    private final SourceTls tls;
    private final @Nullable DeflateLayer compression;
    private final Map<EventLoop, InletFlush> flushes = new ConcurrentHashMap<>();
    private final PeerProtocols protocols = new PeerProtocols();

    ConnectionSetup(
            SourceContext context,
            AvroSourceSettings settings,
            ReceiveBudget budget,
            AvroSourceFigures figures,
            ConnectionFigures connections,
            PeerLog log,
            SourceTls tls) {
        this.settings = settings;
        this.inlet = context.inlet();
        this.budget = budget;
        this.figures = figures;
        this.connections = connections;
        this.log = log;
        this.gates = new ReadGates(inlet, PendingBytes.UNLIMITED, connections);
        this.compression = settings.compression() == Compression.DEFLATE ? new DeflateLayer(settings.codec()) : null;
        this.tls = tls;
    }

    /** In wire order: the socket's side first, our calls last. */
    @Override
    public void build(Channel connection) {
        AvroFrameDecoder frames = new AvroFrameDecoder(settings.codec(), budget);
        ReadGate gate = gates.open(connection, settings.calls().maxPipelined());
        ChannelPipeline pipeline = connection.pipeline();
        pipeline.addLast(
                "traffic",
                new TrafficWatch(frames::isMidFrame, gate, settings.calls().timeouts(), connections, log));
        tls.addTo(pipeline, compression);
        pipeline.addLast("frames", frames);
        AvroCallDecoder calls = new AvroCallDecoder(settings.codec(), protocols);
        InletFlush flush = flushes.computeIfAbsent(connection.eventLoop(), loop -> new InletFlush(inlet, loop));
        pipeline.addLast("calls", new AvroCallHandler(connection, inlet, flush, calls, gate, figures, log));
    }
}
