package org.millrace.relay.source.avro;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;
import org.millrace.codec.CodecLimits;

/**
 * What an operator may set, Flume's keys first.
 *
 * @param bind {@code bind}: host name or address to listen on
 * @param port {@code port}: 0 lets the system choose one
 * @param eventLoops {@code threads}: event loops that serve connections; 0 for half as many as there are processors, at least 1
 * @param compression {@code compression-type}
 * @param filter {@code ipFilter}, {@code ipFilterRules}
 * @param codec {@code maxFrameBytes}, {@code maxBatchEvents}, {@code maxHeaderBytes}, {@code maxInflateRatio}
 * @param maxReceiveBytes {@code maxReceiveBytes}: bytes in frames that have not come in whole yet, all connections together; a
 *     quarter of the heap
 * @param connections what a connection, and how many of them, may do
 */
record AvroSourceSettings(
        String bind,
        int port,
        int eventLoops,
        Compression compression,
        IpFilter filter,
        CodecLimits codec,
        long maxReceiveBytes,
        ConnectionLimits connections) {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_EVENT_LOOPS = 1024;
    private static final int LEAST_FRAME_BYTES = 1024;

    enum Compression {
        NONE,
        DEFLATE
    }

    /**
     * Limits of connections.
     *
     * @param maxConnections {@code maxConnections}: open at a time; one more is closed at once
     * @param maxPipelined {@code maxPipelined}: calls of one connection not answered yet; the next ones wait unread
     * @param maxUnsentReplyBytes {@code maxUnsentReplyBytes}: answers that a peer has not read; until it does we read no more of it
     * @param idleTimeout {@code idleTimeout}, seconds: a peer that sends nothing for so long, with no answer due, is disconnected; 0
     *     for never, as Flume's senders keep connections open without traffic
     * @param stallTimeout {@code stallTimeout}, seconds: a peer that sends nothing for so long in the middle of a frame is
     *     disconnected
     */
    record ConnectionLimits(
            int maxConnections,
            int maxPipelined,
            int maxUnsentReplyBytes,
            Duration idleTimeout,
            Duration stallTimeout) {}

    static AvroSourceSettings read(Settings settings) {
        settings.notSupportedYet(
                "ssl",
                "keystore",
                "keystore-password",
                "keystore-type",
                "exclude-protocols",
                "include-protocols",
                "exclude-cipher-suites",
                "include-cipher-suites");
        return new AvroSourceSettings(
                settings.string("bind")
                        .about("the address to listen on, 0.0.0.0 for all")
                        .required(),
                settings.integer("port", 0, MAX_PORT)
                        .about("the port to listen on; 0 lets the system choose one")
                        .required(),
                settings.integer("threads", 0, MAX_EVENT_LOOPS)
                        .about("event loops that serve connections; 0 for half as many as there are processors")
                        .orElse(0),
                settings.oneOf("compression-type", Compression.class)
                        .about("whether what comes in is compressed; the clients must say the same")
                        .orElse(Compression.NONE),
                IpFilter.read(settings),
                readCodecLimits(settings),
                settings.number("maxReceiveBytes", LEAST_FRAME_BYTES, Long.MAX_VALUE)
                        .about(
                                "bytes of frames that have not come in whole, of all connections together; with more, no more is read")
                        .byDefault("a quarter of the heap")
                        .orElse(Runtime.getRuntime().maxMemory() / 4),
                readConnectionLimits(settings));
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

    private static ConnectionLimits readConnectionLimits(Settings settings) {
        return new ConnectionLimits(
                settings.integer("maxConnections", 1, 1 << 24)
                        .about("connections at a time")
                        .orElse(20_000),
                settings.integer("maxPipelined", 1, 1 << 20)
                        .about("batches without an answer that a connection may have")
                        .orElse(128),
                settings.integer("maxUnsentReplyBytes", 1024, 1 << 30)
                        .about("answers that a client does not read, in bytes, before no more is read from it")
                        .orElse(64 << 10),
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
