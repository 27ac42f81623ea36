package org.millrace.thrift;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.millrace.api.Settings;
import org.millrace.codec.CodecLimits;
import org.millrace.listener.IpFilter;
import org.millrace.listener.TcpSettings;
import org.millrace.listener.TrafficWatch.Timeouts;
import org.millrace.listener.tls.TlsSettings;
import org.millrace.thrift.kerberos.KerberosKeys;
import org.millrace.thrift.kerberos.KerberosServer;
import org.millrace.tls.ServerTls;

/**
 * What a Thrift source is set to, Flume's keys first.
 *
 * @param port 0 lets the system choose one
 * @param tls {@code ssl} and the other keys of TLS
 * @param kerberos {@code kerberos}, {@code agent-principal}, {@code agent-keytab}, {@code kerberosTimeout}
 * @param codec {@code maxFrameBytes}, {@code maxBatchEvents}, {@code maxHeaderBytes}
 * @param maxReceiveBytes in frames that have not come in whole yet, all connections together
 * @param maxPipelined calls of one connection not answered yet; the next ones wait unread
 * @param timeouts {@code idleTimeout}, {@code stallTimeout}
 * @param tcp {@code bind}, {@code threads}, {@code maxConnections}, {@code maxUnsentReplyBytes}; everybody may connect
 */
record ThriftSourceSettings(
        int port,
        Optional<ServerTls> tls,
        Optional<KerberosServer> kerberos,
        WireProtocol protocol,
        CodecLimits codec,
        long maxReceiveBytes,
        int maxPipelined,
        Timeouts timeouts,
        TcpSettings tcp) {
    private static final int LEAST_FRAME_BYTES = 1024;
    private static final int MAX_READ_BYTES = 256 << 10;

    static ThriftSourceSettings read(Settings settings) {
        String bind = settings.host("bind")
                .about("the address to listen on, 0.0.0.0 for all")
                .required();
        int port = TcpSettings.port(settings);
        int eventLoops = TcpSettings.eventLoops(settings, "threads");
        WireProtocol protocol = settings.oneOf("protocol", WireProtocol.class)
                .about("how calls are encoded; the clients must say the same")
                .orElse(WireProtocol.COMPACT);
        CodecLimits codec = readCodecLimits(settings);
        long maxReceive = settings.number("maxReceiveBytes", LEAST_FRAME_BYTES, Long.MAX_VALUE)
                .about(
                        "bytes of frames and of handshakes of Kerberos that have not come in whole, of all connections together; with more, the largest is given up")
                .byDefault("a quarter of the heap")
                .orElse(Runtime.getRuntime().maxMemory() / 4);
        int maxConnections = TcpSettings.maxConnections(settings);
        int maxPipelined = settings.integer("maxPipelined", 1, 1 << 20)
                .about("calls without an answer that a connection may have")
                .orElse(128);
        int maxUnsent = TcpSettings.maxUnsentBytes(settings);
        Duration idle = seconds(
                settings, "idleTimeout", 0, "how long a connection may be silent before it is closed; 0: for ever");
        Duration stall = seconds(
                settings,
                "stallTimeout",
                60,
                "how long a frame may stop halfway before its connection is closed; 0: for ever");
        return new ThriftSourceSettings(
                port,
                Optional.ofNullable(TlsSettings.server(settings)),
                Optional.ofNullable(KerberosKeys.server(settings)),
                protocol,
                codec,
                maxReceive,
                maxPipelined,
                new Timeouts(idle, stall),
                new TcpSettings(bind, eventLoops, IpFilter.OFF, maxConnections, MAX_READ_BYTES, maxUnsent));
    }

    private static CodecLimits readCodecLimits(Settings settings) {
        CodecLimits defaults = CodecLimits.DEFAULT;
        return new CodecLimits(
                settings.integer("maxFrameBytes", LEAST_FRAME_BYTES, 1 << 30)
                        .about("the longest frame that is taken, in bytes")
                        .orElse(defaults.maxFrameBytes()),
                defaults.maxFrameBuffers(),
                settings.integer("maxBatchEvents", 1, 1 << 30)
                        .about("the most events in a batch")
                        .orElse(defaults.maxBatchEvents()),
                settings.integer("maxHeaderBytes", 1, 1 << 30)
                        .about("the most bytes of an event's headers")
                        .orElse(defaults.maxHeaderBytes()),
                defaults.maxInflateRatio());
    }

    private static Duration seconds(Settings settings, String key, int otherwise, String meaning) {
        return settings.duration(key, ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(Duration.ofSeconds(otherwise));
    }
}
