package org.millrace.shipper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.RelayAddress;
import org.millrace.tls.ClientTls;

/**
 * What a {@link LogShipper} is set to.
 *
 * @param hosts tried in this order; the one that works is kept until it fails
 * @param batchEvents the most events in one request
 * @param maxEvents that may be in the buffer, with those on their way
 * @param maxBytes of them, headers included
 * @param flushTimeout how long a stop waits for what is in the buffer
 */
public record ShipperSettings(
        List<RelayAddress> hosts,
        ConnectionSettings connection,
        int batchEvents,
        int maxEvents,
        long maxBytes,
        WhenFull whenFull,
        Duration flushTimeout) {
    public static final int DEFAULT_BATCH_EVENTS = 100;
    public static final int DEFAULT_MAX_EVENTS = 10_000;
    public static final long DEFAULT_MAX_BYTES = 16L << 20;
    public static final long DEFAULT_TIMEOUT_MILLIS = 20_000;
    public static final long DEFAULT_FLUSH_MILLIS = 5_000;

    public ShipperSettings {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts: none (expected: host:port, several with blanks between)");
        }
        requirePositive("batchEvents", batchEvents);
        requirePositive("maxEvents", maxEvents);
        requirePositive("maxBytes", maxBytes);
        if (flushTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "flushTimeoutMillis: " + flushTimeout.toMillis() + " (expected: at least 0)");
        }
    }

    /**
     * As the attributes of an appender have it.
     *
     * @param hosts {@code host:port}, several with blanks between
     * @param timeoutMillis to connect, and for each answer
     * @throws IllegalArgumentException naming a value that cannot be, and what was expected
     */
    public static ShipperSettings of(
            String hosts,
            long timeoutMillis,
            int batchEvents,
            int maxEvents,
            long maxBytes,
            String whenFull,
            long flushTimeoutMillis) {
        requirePositive("timeoutMillis", timeoutMillis);
        Duration timeout = Duration.ofMillis(timeoutMillis);
        return new ShipperSettings(
                Arrays.stream(hosts.trim().split("\\s+"))
                        .filter(host -> !host.isEmpty())
                        .map(RelayAddress::parse)
                        .toList(),
                new ConnectionSettings(timeout, timeout, OptionalInt.empty()),
                batchEvents,
                maxEvents,
                maxBytes,
                WhenFull.parse(whenFull),
                Duration.ofMillis(flushTimeoutMillis));
    }

    /**
     * The same with TLS.
     *
     * @param file a properties file with the keys of {@link ClientTls#of}
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    public ShipperSettings withTls(Path file) {
        ConnectionSettings secured;
        try {
            secured = connection.withTls(ClientTls.ofFile(file), connection.compressionLayer());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tls: " + e.getMessage(), e);
        }
        return new ShipperSettings(hosts, secured, batchEvents, maxEvents, maxBytes, whenFull, flushTimeout);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }
}
