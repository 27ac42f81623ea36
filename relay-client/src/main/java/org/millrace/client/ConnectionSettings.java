package org.millrace.client;

import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.millrace.tls.ClientTls;

/**
 * How to talk to a relay. Immutable.
 *
 * @param connectTimeout for the name to be looked up and one of its addresses to accept a connection; and again for the peer to answer the first call,
 *     which carries the handshake. At least 1 ms
 * @param requestTimeout for the peer to answer any other call. At least 1 ms
 * @param deflateLevel of what we send, 0 to 9; empty for no compression in either direction. The peer must be set to the same: the
 *     wire does not tell
 * @param tls empty for none
 * @param compressionLayer where compression stands, with both it and TLS
 */
public record ConnectionSettings(
        Duration connectTimeout,
        Duration requestTimeout,
        OptionalInt deflateLevel,
        Optional<ClientTls> tls,
        CompressionLayer compressionLayer) {
    /** Flume's default for both time-outs. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(20);

    /** Flume's default number of events in a call. */
    public static final int DEFAULT_BATCH_EVENTS = 100;

    /** Flume's default compression level. */
    public static final int DEFAULT_DEFLATE_LEVEL = 6;

    /** Flume's defaults: 20 s, 20 s, not compressed. */
    public static final ConnectionSettings DEFAULT =
            new ConnectionSettings(DEFAULT_TIMEOUT, DEFAULT_TIMEOUT, OptionalInt.empty());

    private static final Duration LEAST_FLUME_TIMEOUT = Duration.ofSeconds(1);

    /** Where compression stands to TLS. A relay of ours takes both. */
    public enum CompressionLayer {
        /** Around it, as Flume has it from 1.10 on: what is compressed was encrypted before, so that it gets no smaller. */
        OUTSIDE_TLS,
        /** Inside of it, as Flume had it up to 1.9. */
        INSIDE_TLS
    }

    /** Without TLS. */
    public ConnectionSettings(Duration connectTimeout, Duration requestTimeout, OptionalInt deflateLevel) {
        this(connectTimeout, requestTimeout, deflateLevel, Optional.empty(), CompressionLayer.OUTSIDE_TLS);
    }

    public ConnectionSettings {
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("requestTimeout", requestTimeout);
        deflateLevel.ifPresent(ConnectionSettings::checkLevel);
    }

    /** The same with TLS. */
    public ConnectionSettings withTls(ClientTls tls, CompressionLayer compressionLayer) {
        return new ConnectionSettings(connectTimeout, requestTimeout, deflateLevel, Optional.of(tls), compressionLayer);
    }

    /** What Flume takes its keys {@code connect-timeout} and {@code request-timeout} for: less than a second means the default. */
    public static Duration asFlumeTimeout(Duration configured) {
        return configured.compareTo(LEAST_FLUME_TIMEOUT) < 0 ? DEFAULT_TIMEOUT : configured;
    }

    /** What Flume takes its key {@code batch-size} for: less than one means the default. */
    public static int asFlumeBatchEvents(int configured) {
        return configured < 1 ? DEFAULT_BATCH_EVENTS : configured;
    }

    /** What became of a connection. */
    String inWords(Throwable failure) {
        boolean isOfTls = ClientTls.isTlsFailure(failure) || failure instanceof ClosedChannelException;
        return tls.isPresent() && isOfTls ? tls.get().inWords(failure) : String.valueOf(failure.getMessage());
    }

    private static void requirePositive(String name, Duration value) {
        if (value.toMillis() < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1 ms)");
        }
    }

    private static void checkLevel(int level) {
        if (level < 0 || level > 9) {
            throw new IllegalArgumentException("deflateLevel: " + level + " (expected: 0 to 9)");
        }
    }
}
