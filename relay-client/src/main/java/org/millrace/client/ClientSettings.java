package org.millrace.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.millrace.tls.ClientTls;

/**
 * What a {@link RelayClient} is set to. Immutable; {@link #builder} has Flume's defaults.
 *
 * @param hosts in the order in which they are tried; at least one, two for load balancing
 * @param batchEvents the most events in one call over the wire; a longer batch is sent as several calls, one after another
 * @param maxInFlightBatches batches that may be on their way, at least 1
 * @param maxInFlightBytes encoded bytes of them, at least 1; a batch larger than that goes alone
 */
public record ClientSettings(
        List<RelayAddress> hosts,
        HostPolicy policy,
        ConnectionSettings connection,
        int batchEvents,
        int maxInFlightBatches,
        long maxInFlightBytes) {
    public static final int DEFAULT_MAX_IN_FLIGHT_BATCHES = 16;
    public static final long DEFAULT_MAX_IN_FLIGHT_BYTES = 32L << 20;

    private static final int LEAST_TO_BALANCE = 2;

    public ClientSettings {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts: none (expected: at least one)");
        }
        if (policy instanceof HostPolicy.LoadBalance && hosts.size() < LEAST_TO_BALANCE) {
            throw new IllegalArgumentException("hosts: " + hosts.size() + " (expected: at least 2 to balance)");
        }
        requirePositive("batchEvents", batchEvents);
        requirePositive("maxInFlightBatches", maxInFlightBatches);
        requirePositive("maxInFlightBytes", maxInFlightBytes);
    }

    private static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }

    /** Settings for these hosts; the first one alone is used unless the builder is told otherwise. */
    public static Builder builder(RelayAddress... hosts) {
        return new Builder(List.of(hosts));
    }

    /** As {@link #builder(RelayAddress...)}, for hosts written {@code host:port}, an IPv6 address in brackets. */
    public static Builder builder(String... hosts) {
        return new Builder(List.of(hosts).stream().map(RelayAddress::parse).toList());
    }

    /** Collects settings. One thread. */
    public static final class Builder {
        private final List<RelayAddress> hosts;
        private HostPolicy policy = new HostPolicy.FirstOnly();
        private ConnectionSettings connection = ConnectionSettings.DEFAULT;
        private int batchEvents = ConnectionSettings.DEFAULT_BATCH_EVENTS;
        private int maxInFlightBatches = DEFAULT_MAX_IN_FLIGHT_BATCHES;
        private long maxInFlightBytes = DEFAULT_MAX_IN_FLIGHT_BYTES;

        private Builder(List<RelayAddress> hosts) {
            this.hosts = hosts;
        }

        /** One host after another, as many tries as there are hosts. */
        public Builder failover() {
            return policy(new HostPolicy.Failover(Math.max(1, hosts.size())));
        }

        /** All hosts in turn; one that fails is left out for up to 30 s. */
        public Builder loadBalance() {
            return policy(new HostPolicy.LoadBalance(
                    HostPolicy.Selector.ROUND_ROBIN, Optional.of(HostPolicy.DEFAULT_MAX_BACKOFF)));
        }

        public Builder policy(HostPolicy policy) {
            this.policy = policy;
            return this;
        }

        /** Time-outs, compression and TLS. */
        public Builder connection(ConnectionSettings connection) {
            this.connection = connection;
            return this;
        }

        /** For a host to accept a connection, and again for its first answer; and for any other answer. 20 s each by default. */
        public Builder timeouts(Duration connect, Duration request) {
            return connection(new ConnectionSettings(
                    connect, request, connection.deflateLevel(), connection.tls(), connection.compressionLayer()));
        }

        /** TLS, with compression around it if there is any, as Flume from 1.10 on has it; none by default. */
        public Builder tls(ClientTls tls) {
            return connection(connection.withTls(tls, connection.compressionLayer()));
        }

        /** Events in one call over the wire, 100 by default. */
        public Builder batchEvents(int batchEvents) {
            this.batchEvents = batchEvents;
            return this;
        }

        /** What may be on its way: 16 batches and 32 MiB by default. */
        public Builder maxInFlight(int batches, long bytes) {
            this.maxInFlightBatches = batches;
            this.maxInFlightBytes = bytes;
            return this;
        }

        /** @throws IllegalArgumentException naming a value that cannot be, and what was expected */
        public ClientSettings build() {
            return new ClientSettings(hosts, policy, connection, batchEvents, maxInFlightBatches, maxInFlightBytes);
        }
    }
}
