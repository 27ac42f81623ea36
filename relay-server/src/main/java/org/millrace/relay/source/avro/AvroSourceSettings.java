package org.millrace.relay.source.avro;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.millrace.api.Settings;
import org.millrace.codec.CodecLimits;
import org.millrace.listener.IpFilter;
import org.millrace.listener.TcpSettings;
import org.millrace.listener.TrafficWatch.Timeouts;
import org.millrace.listener.tls.TlsSettings;
import org.millrace.tls.ServerTls;

/**
 * What an operator may set, Flume's keys first.
 *
 * @param port {@code port}: 0 lets the system choose one
 * @param tls {@code ssl} and what goes with it; empty for none
 * @param compression {@code compression-type}
 * @param codec {@code maxFrameBytes}, {@code maxBatchEvents}, {@code maxHeaderBytes}, {@code maxInflateRatio}
 * @param maxReceiveBytes {@code maxReceiveBytes}: bytes in frames that have not come in whole yet, all connections together; a
 *     quarter of the heap
 * @param tcp {@code bind}, {@code threads}, {@code ipFilter}, {@code ipFilterRules}, {@code maxConnections}, {@code
 *     maxUnsentReplyBytes}
 * @param calls what a connection may do
 */
record AvroSourceSettings(
        int port,
        Optional<ServerTls> tls,
        Compression compression,
        CodecLimits codec,
        long maxReceiveBytes,
        TcpSettings tcp,
        CallLimits calls) {
    /** One read brings at most so much: some frames of a hundred events. */
    private static final int MAX_READ_BYTES = 256 << 10;

    private static final int LEAST_FRAME_BYTES = 1024;

    enum Compression {
        NONE,
        DEFLATE
    }

    /**
     * Limits of a connection.
     *
     * @param maxPipelined {@code maxPipelined}: calls of one connection not answered yet; the next ones wait unread
     * @param timeouts {@code idleTimeout}, seconds: a peer that sends nothing for so long, with no answer due, is disconnected; 0
     *     for never, as Flume's senders keep connections open without traffic. {@code stallTimeout}, seconds: the same in the middle of a
     *     frame
     */
    record CallLimits(int maxPipelined, Timeouts timeouts) {}

    static AvroSourceSettings read(Settings settings) {
        String bind = settings.host("bind")
                .about("the address to listen on, 0.0.0.0 for all")
                .required();
        int port = TcpSettings.port(settings);
        int eventLoops = TcpSettings.eventLoops(settings, "threads");
        Compression compression = settings.oneOf("compression-type", Compression.class)
                .about("whether what comes in is compressed; the clients must say the same")
                .orElse(Compression.NONE);
        Optional<ServerTls> tls = Optional.ofNullable(TlsSettings.server(settings));
        IpFilter filter = IpFilter.read(settings);
        CodecLimits codec = readCodecLimits(settings);
        long maxReceiveBytes = settings.number("maxReceiveBytes", LEAST_FRAME_BYTES, Long.MAX_VALUE)
                .about("bytes of frames that have not come in whole, of all connections together; with more, no more"
                        + " is read")
                .byDefault("a quarter of the heap")
                .orElse(Runtime.getRuntime().maxMemory() / 4);
        int maxConnections = TcpSettings.maxConnections(settings);
        int maxPipelined = settings.integer("maxPipelined", 1, 1 << 20)
                .about("batches without an answer that a connection may have")
                .orElse(128);
        int maxUnsent = TcpSettings.maxUnsentBytes(settings);
        TcpSettings tcp = new TcpSettings(bind, eventLoops, filter, maxConnections, MAX_READ_BYTES, maxUnsent);
        CallLimits calls = new CallLimits(maxPipelined, readTimeouts(settings));
        return new AvroSourceSettings(port, tls, compression, codec, maxReceiveBytes, tcp, calls);
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
                settings.integer("maxInflateRatio", 1, 1100)
                        .about("the most that compressed bytes may grow to, as a multiple")
                        .orElse(defaults.maxInflateRatio()));
    }

    private static Timeouts readTimeouts(Settings settings) {
        return new Timeouts(
                seconds(
                        settings,
                        "idleTimeout",
                        0,
                        "how long a connection may be silent before it is closed; 0: for ever"),
                seconds(
                        settings,
                        "stallTimeout",
                        60,
                        "how long a frame may stop halfway before its connection is closed; 0: for ever"));
    }

    private static Duration seconds(Settings settings, String key, int otherwise, String meaning) {
        return settings.duration(key, ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(Duration.ofSeconds(otherwise));
    }
}
