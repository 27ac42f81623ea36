package org.millrace.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.tls.ClientTls;
import org.millrace.tls.Globals;
import org.millrace.tls.TlsKeys;

/**
 * What a properties file of Flume's client SDK says, in Flume's keys and with its defaults: {@code client.type} (default, default_failover,
 * default_loadbalance), {@code hosts} with {@code hosts.NAME = host:port}, {@code batch-size} (100), {@code connect-timeout} and {@code
 * request-timeout} (20000 ms), {@code compression-type} (none) and {@code compression-level} (6); for failover {@code max-attempts} (the
 * number of hosts); for load balancing {@code host-selector} (round_robin, random), {@code backoff} (false) and {@code maxBackoff}
 * (30000 ms); {@code ssl} (false) and what goes with it. Our own: {@code max-in-flight} (16), {@code max-in-flight-bytes} (33554432) and {@code
 * compression-layer} (outside_tls, as Flume from 1.10 on has it; inside_tls).
 *
 * @param notes what a user should know, one line each
 */
public record ClientProperties(ClientSettings settings, List<String> notes) {
    private static final String HOSTS = "hosts";
    private static final String COMPRESSION_LAYER = "compression-layer";
    private static final String HOST_PREFIX = "hosts.";
    private static final List<String> THRIFT_KEYS =
            List.of("maxConnections", "protocol", "kerberos", "client-principal", "client-keytab", "server-principal");

    public ClientProperties {
        notes = List.copyOf(notes);
    }

    /**
     * Reads a file's properties.
     *
     * @throws IllegalArgumentException with all mistakes, one line each: values that cannot be, keys that are not known
     */
    public static ClientProperties read(Properties properties) {
        return new Reading(properties, false).read();
    }

    /** As {@link #read}, but what Flume would not look at is only noted: unknown keys, and hosts that are not in {@code hosts}. */
    public static ClientProperties readLenient(Properties properties) {
        return new Reading(properties, true).read();
    }

    /** Flume's types of clients that we have. */
    private enum Type {
        DEFAULT("NettyAvroRpcClient"),
        DEFAULT_FAILOVER("FailoverRpcClient"),
        DEFAULT_LOADBALANCE("LoadBalancingRpcClient");

        private final String flumeClass;

        Type(String flumeClass) {
            this.flumeClass = flumeClass;
        }

        boolean isNamed(String text) {
            return name().equalsIgnoreCase(text) || text.equals("org.apache.flume.api." + flumeClass);
        }
    }

    /** One file. */
    private static final class Reading {
        private final boolean lenient;
        private final PropertyReader in;

        Reading(Properties properties, boolean lenient) {
            this.lenient = lenient;
            this.in = new PropertyReader(properties);
        }

        ClientProperties read() {
            Type type = readType();
            List<RelayAddress> hosts = readHosts();
            HostPolicy policy = readPolicy(type, hosts);
            ConnectionSettings connection = readConnection();
            int batchEvents = readBatchEvents();
            int maxInFlight = (int) in.number(
                    "max-in-flight",
                    1,
                    Integer.MAX_VALUE,
                    "a whole number, at least 1",
                    ClientSettings.DEFAULT_MAX_IN_FLIGHT_BATCHES);
            long maxInFlightBytes = in.number(
                    "max-in-flight-bytes",
                    1,
                    Long.MAX_VALUE,
                    "a number of bytes, at least 1",
                    ClientSettings.DEFAULT_MAX_IN_FLIGHT_BYTES);
            readWhatWeHaveNot();
            in.unread().forEach(this::unknown);
            in.throwProblems();
            return new ClientProperties(
                    new ClientSettings(hosts, policy, connection, batchEvents, maxInFlight, maxInFlightBytes),
                    in.notes());
        }

        private Type readType() {
            String text = in.take("client.type");
            if (text == null) {
                return Type.DEFAULT;
            }
            Optional<Type> type = Arrays.stream(Type.values())
                    .filter(known -> known.isNamed(text))
                    .findFirst();
            if (type.isEmpty()) {
                boolean isThrift =
                        text.equalsIgnoreCase("thrift") || text.equals("org.apache.flume.api.ThriftRpcClient");
                in.problem(
                        "client.type",
                        text + (isThrift ? " is not supported yet" : "")
                                + " (expected: default, default_failover or default_loadbalance)");
            }
            return type.orElse(Type.DEFAULT);
        }

        private List<RelayAddress> readHosts() {
            String text = in.take(HOSTS);
            List<RelayAddress> hosts = new ArrayList<>();
            for (String name : text == null ? new String[0] : text.split("\\s+")) {
                if (!name.isEmpty()) {
                    hosts.add(readHost(HOST_PREFIX + name));
                }
            }
            if (hosts.isEmpty()) {
                in.problem(HOSTS, "missing (expected: names, and hosts.NAME = host:port for each)");
                hosts.add(standIn());
            }
            return hosts;
        }

        private RelayAddress readHost(String key) {
            String text = in.take(key);
            try {
                if (text != null) {
                    return RelayAddress.parse(text);
                }
                in.problem(key, "missing (expected: host:port)");
            } catch (IllegalArgumentException e) {
                in.problem(key, String.valueOf(e.getMessage()));
            }
            return standIn();
        }

        /** For what is refused in the end. */
        private static RelayAddress standIn() {
            return new RelayAddress("localhost", 1);
        }

        private HostPolicy readPolicy(Type type, List<RelayAddress> hosts) {
            int attempts =
                    (int) in.number("max-attempts", 1, Integer.MAX_VALUE, "a whole number, at least 1", hosts.size());
            HostPolicy.LoadBalance balance = readBalance();
            List<String> idle = new ArrayList<>();
            HostPolicy policy;
            if (type == Type.DEFAULT_LOADBALANCE) {
                policy = balance;
                if (balance.maxBackoff().isEmpty()) {
                    in.ignored("maxBackoff", "backoff is false");
                }
                idle.add("max-attempts");
                if (hosts.size() < 2) {
                    in.problem(HOSTS, "1 host (expected: at least 2 for default_loadbalance)");
                }
            } else {
                idle.addAll(List.of("host-selector", "backoff", "maxBackoff"));
                policy = new HostPolicy.Failover(attempts);
                if (type == Type.DEFAULT) {
                    policy = new HostPolicy.FirstOnly();
                    idle.add("max-attempts");
                    noteUnusedHosts(hosts);
                }
            }
            String typeName = type.name().toLowerCase(Locale.ROOT);
            idle.forEach(key -> in.ignored(key, "client.type is " + typeName));
            return policy;
        }

        private void noteUnusedHosts(List<RelayAddress> hosts) {
            if (hosts.size() > 1) {
                in.note(
                        HOSTS,
                        "only the first of " + hosts.size() + " is used, " + hosts.get(0) + ": client.type is default");
            }
        }

        private HostPolicy.LoadBalance readBalance() {
            String selector = in.take("host-selector");
            Optional<HostPolicy.Selector> known = Arrays.stream(HostPolicy.Selector.values())
                    .filter(each -> selector == null || each.name().equalsIgnoreCase(selector))
                    .findFirst();
            if (known.isEmpty()) {
                in.problem("host-selector", selector + " (expected: round_robin or random)");
            }
            boolean isOn = in.isTrue("backoff");
            long longest = HostPolicy.DEFAULT_MAX_BACKOFF.toMillis();
            long millis = in.number("maxBackoff", 0, Integer.MAX_VALUE, "a number of milliseconds", longest);
            Duration backoff = Duration.ofMillis(millis == 0 ? longest : millis);
            return new HostPolicy.LoadBalance(
                    known.orElse(HostPolicy.Selector.ROUND_ROBIN), isOn ? Optional.of(backoff) : Optional.empty());
        }

        private ConnectionSettings readConnection() {
            Duration connect = readTimeout("connect-timeout");
            Duration request = readTimeout("request-timeout");
            OptionalInt level = readDeflateLevel();
            ClientTls tls = TlsKeys.readClient(in, Globals.ofProcess());
            boolean isSpoken = tls != null && level.isPresent();
            return new ConnectionSettings(connect, request, level, Optional.ofNullable(tls), readLayer(isSpoken));
        }

        private CompressionLayer readLayer(boolean hasEffect) {
            String text = in.take(COMPRESSION_LAYER);
            if (text == null) {
                return CompressionLayer.OUTSIDE_TLS;
            }
            Optional<CompressionLayer> known = Arrays.stream(CompressionLayer.values())
                    .filter(layer -> layer.name().equalsIgnoreCase(text))
                    .findFirst();
            if (known.isEmpty()) {
                in.problem(COMPRESSION_LAYER, text + " (expected: outside_tls or inside_tls)");
            } else if (!hasEffect) {
                in.note(COMPRESSION_LAYER, "has no effect without both ssl and compression-type = deflate");
            }
            return known.orElse(CompressionLayer.OUTSIDE_TLS);
        }

        private Duration readTimeout(String key) {
            long standard = ConnectionSettings.DEFAULT_TIMEOUT.toMillis();
            Duration configured = Duration.ofMillis(
                    in.number(key, Integer.MIN_VALUE, Integer.MAX_VALUE, "a number of milliseconds", standard));
            Duration effective = ConnectionSettings.asFlumeTimeout(configured);
            if (!effective.equals(configured)) {
                in.note(key, configured.toMillis() + " means " + standard + ", as in Flume: it is less than 1000");
            }
            return effective;
        }

        private int readBatchEvents() {
            int configured = (int) in.number(
                    "batch-size",
                    Integer.MIN_VALUE,
                    Integer.MAX_VALUE,
                    "a whole number",
                    ConnectionSettings.DEFAULT_BATCH_EVENTS);
            int effective = ConnectionSettings.asFlumeBatchEvents(configured);
            if (effective != configured) {
                in.note("batch-size", configured + " means " + effective + ", as in Flume: it is less than 1");
            }
            return effective;
        }

        private OptionalInt readDeflateLevel() {
            int level = (int) in.number("compression-level", 0, 9, "0 to 9", ConnectionSettings.DEFAULT_DEFLATE_LEVEL);
            String type = in.take("compression-type");
            if (type == null || type.equalsIgnoreCase("none")) {
                in.ignored("compression-level", "compression-type is none");
                return OptionalInt.empty();
            }
            if (!type.equalsIgnoreCase("deflate")) {
                in.problem("compression-type", type + " (expected: none or deflate)");
            }
            return OptionalInt.of(level);
        }

        private void readWhatWeHaveNot() {
            THRIFT_KEYS.forEach(key -> in.ignored(key, "it is for the thrift client"));
            in.ignored("maxIoWorkers", "the threads are shared by all clients");
        }

        private void unknown(String key) {
            boolean isHost = key.startsWith(HOST_PREFIX);
            String what = isHost
                    ? "not in hosts (expected: one of the names in hosts)"
                    : "unknown key" + NearestKey.hint(key, in.asked());
            if (lenient) {
                in.note(key, what + "; it has no effect");
            } else {
                in.problem(key, what);
            }
        }
    }
}
