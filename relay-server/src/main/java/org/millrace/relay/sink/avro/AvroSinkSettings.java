package org.millrace.relay.sink.avro;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import org.millrace.api.Settings;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.client.RelayAddress;
import org.millrace.listener.tls.TlsSettings;
import org.millrace.tls.ClientTls;

/**
 * What an Avro sink is set to.
 *
 * @param batchEvents the most events in one request, and so in one transaction
 * @param maxInFlight requests that may be unanswered at a time, unless they are large: {@link Flights#ENOUGH_BYTES}
 * @param resetInterval age at which a connection is given up for a new one, so that a load balancer gets to choose again; zero: never
 */
record AvroSinkSettings(
        RelayAddress peer, ConnectionSettings connection, int batchEvents, int maxInFlight, Duration resetInterval) {
    static final String BATCH_SIZE = "batch-size";

    private static final int DEFAULT_MAX_IN_FLIGHT = 4;
    private static final int MOST_IN_FLIGHT = 1024;

    /** Flume's values of {@code compression-type}. */
    private enum CompressionType {
        NONE,
        DEFLATE
    }

    static AvroSinkSettings read(Settings settings) {
        settings.ignored("the client's threads are shared by all sinks", "maxIoWorkers");
        refuseSeveralHosts(settings);
        return new AvroSinkSettings(
                readPeer(settings),
                readConnection(settings),
                readBatchEvents(settings),
                settings.integer("max-in-flight", 1, MOST_IN_FLIGHT)
                        .about(
                                "batches that may be on their way without an answer; with 32 MiB on their way no more are sent")
                        .orElse(DEFAULT_MAX_IN_FLIGHT),
                settings.duration("reset-connection-interval", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                        .about(
                                "the age at which a connection is given up for a new one, so that a load balancer may choose again; 0: never")
                        .orElse(Duration.ZERO));
    }

    /** Flume hands all keys of the sink to its client, which may have several hosts; so a file could have these. */
    private static void refuseSeveralHosts(Settings settings) {
        String instead = "a sink for each host, in a sink group of type failover or load_balance";
        settings.notSupported(
                instead, "client.type", "hosts", "host-selector", "max-attempts", "backoff", "maxBackoff");
        settings.under("hosts.").all().keySet().forEach(alias -> settings.notSupported(instead, "hosts." + alias));
    }

    private static RelayAddress readPeer(Settings settings) {
        return new RelayAddress(
                settings.host("hostname").about("the host of the next agent").required(),
                settings.integer("port", 1, 65535)
                        .about("the port of its Avro source")
                        .required());
    }

    private static ConnectionSettings readConnection(Settings settings) {
        Duration connect = readTimeout(settings, "connect-timeout", "how long to try to connect");
        Duration request = readTimeout(settings, "request-timeout", "how long to wait for an answer");
        OptionalInt level = readDeflateLevel(settings);
        Optional<ClientTls> tls = Optional.ofNullable(TlsSettings.client(settings));
        CompressionLayer layer = settings.oneOf("compression-layer", CompressionLayer.class)
                .about("with ssl, too: where compression stands; outside is what Flume 1.10 and later speak, inside"
                        + " what Flume up to 1.9 spoke; a source of ours takes both")
                .orElse(CompressionLayer.OUTSIDE_TLS);
        if (settings.has("compression-layer") && (tls.isEmpty() || level.isEmpty())) {
            settings.note("compression-layer", "has no effect without both ssl and compression-type = deflate");
        }
        return new ConnectionSettings(connect, request, level, tls, layer);
    }

    private static Duration readTimeout(Settings settings, String key, String meaning) {
        Duration configured = settings.duration(key, ChronoUnit.MILLIS, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .about(meaning)
                .orElse(ConnectionSettings.DEFAULT_TIMEOUT);
        Duration effective = ConnectionSettings.asFlumeTimeout(configured);
        if (!effective.equals(configured)) {
            settings.note(
                    key,
                    configured.toMillis() + " means " + effective.toMillis() + ", as in Flume: it is less than 1000");
        }
        return effective;
    }

    private static int readBatchEvents(Settings settings) {
        int configured = settings.integer(BATCH_SIZE, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .goingOnWith(1)
                .about("the most events in a batch, and in a transaction; less than 1 means 100, as in Flume")
                .orElse(ConnectionSettings.DEFAULT_BATCH_EVENTS);
        int effective = ConnectionSettings.asFlumeBatchEvents(configured);
        if (effective != configured) {
            settings.note(BATCH_SIZE, configured + " means " + effective + ", as in Flume: it is less than 1");
        }
        return effective;
    }

    private static OptionalInt readDeflateLevel(Settings settings) {
        CompressionType type = settings.oneOf("compression-type", CompressionType.class)
                .about("whether what is sent is compressed; the source must say the same")
                .orElse(CompressionType.NONE);
        int level = settings.integer("compression-level", 0, 9)
                .about("of deflate, 0 to 9")
                .orElse(ConnectionSettings.DEFAULT_DEFLATE_LEVEL);
        if (type == CompressionType.DEFLATE) {
            return OptionalInt.of(level);
        }
        if (settings.has("compression-level")) {
            settings.note("compression-level", "has no effect: compression-type is none");
        }
        return OptionalInt.empty();
    }
}
