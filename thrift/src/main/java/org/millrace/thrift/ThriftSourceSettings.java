package org.millrace.thrift;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;
import org.millrace.codec.CodecLimits;

/**
 * What a Thrift source is set to, Flume's keys first; each component has the name of its key, but for {@code eventLoops}, which is
 * {@code threads}.
 *
 * @param port 0 lets the system choose one
 * @param eventLoops 0 for half as many as there are processors, at least 1
 * @param codec {@code maxFrameBytes}, {@code maxBatchEvents}, {@code maxHeaderBytes}
 * @param maxReceiveBytes in frames that have not come in whole yet, all connections together
 * @param maxConnections open at a time; one more is closed at once
 * @param maxPipelined calls of one connection not answered yet; the next ones wait unread
 * @param maxUnsentReplyBytes answers that a peer has not read; until it does we read no more of it
 * @param idleTimeout zero: never
 * @param stallTimeout zero: never
 */
record ThriftSourceSettings(
        String bind,
        int port,
        int eventLoops,
        WireProtocol protocol,
        CodecLimits codec,
        long maxReceiveBytes,
        int maxConnections,
        int maxPipelined,
        int maxUnsentReplyBytes,
        Duration idleTimeout,
        Duration stallTimeout) {
    private static final int MAX_PORT = 65_535;
    private static final int MAX_EVENT_LOOPS = 1024;
    private static final int LEAST_FRAME_BYTES = 1024;

    static ThriftSourceSettings read(Settings settings) {
        settings.notSupportedYet(
                "ssl",
                "keystore",
                "keystore-password",
                "keystore-type",
                "exclude-protocols",
                "include-protocols",
                "exclude-cipher-suites",
                "include-cipher-suites",
                "kerberos",
                "agent-principal",
                "agent-keytab");
        return new ThriftSourceSettings(
                settings.string("bind")
                        .about("the address to listen on, 0.0.0.0 for all")
                        .required(),
                settings.integer("port", 0, MAX_PORT)
                        .about("the port to listen on; 0 lets the system choose one")
                        .required(),
                settings.integer("threads", 0, MAX_EVENT_LOOPS)
                        .about("event loops that serve connections; 0 for half as many as there are processors")
                        .orElse(0),
                settings.oneOf("protocol", WireProtocol.class)
                        .about("how calls are encoded; the clients must say the same")
                        .orElse(WireProtocol.COMPACT),
                readCodecLimits(settings),
                settings.number("maxReceiveBytes", LEAST_FRAME_BYTES, Long.MAX_VALUE)
                        .about(
                                "bytes of frames that have not come in whole, of all connections together; with more, the largest is given up")
                        .byDefault("a quarter of the heap")
                        .orElse(Runtime.getRuntime().maxMemory() / 4),
                settings.integer("maxConnections", 1, 1 << 24)
                        .about("connections at a time")
                        .orElse(20_000),
                settings.integer("maxPipelined", 1, 1 << 20)
                        .about("calls without an answer that a connection may have")
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
