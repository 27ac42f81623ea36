package org.millrace.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a properties file of Flume's client SDK says: {@code hosts} with {@code hosts.<name> = host:port}, {@code batch-size} (100),
 * {@code connect-timeout} and {@code request-timeout} (20000 ms), {@code compression-type} (none) and {@code compression-level}
 * (6). Keys that do not work here yet, and unknown ones, are refused.
 *
 * @param peer the first of the hosts
 * @param notes what a user should know, one line each
 */
public record ClientProperties(RelayAddress peer, ConnectionSettings connection, int batchEvents, List<String> notes) {
    private static final String HOSTS = "hosts";
    private static final String HOST_PREFIX = "hosts.";
    private static final Pattern NOT_YET = Pattern.compile(
            "ssl|trust-all-certs|truststore.*|exclude-protocols|include-protocols|exclude-cipher-suites|include-cipher-suites"
                    + "|host-selector|max-attempts|backoff|maxBackoff|maxConnections|kerberos|client-principal|client-keytab"
                    + "|server-principal|protocol");

    public ClientProperties {
        notes = List.copyOf(notes);
    }

    /**
     * Reads a file's properties.
     *
     * @throws IllegalArgumentException with all mistakes, one line each
     */
    public static ClientProperties read(Properties properties) {
        return new Reader(properties).read();
    }

    /** Reads every key once, and gathers what is wrong. */
    private static final class Reader {
        private final Properties properties;
        private final TreeSet<String> unread;
        private final List<String> problems = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Reader(Properties properties) {
            this.properties = properties;
            this.unread = new TreeSet<>(properties.stringPropertyNames());
        }

        ClientProperties read() {
            checkType();
            RelayAddress peer = readPeer();
            Duration connectTimeout = readTimeout("connect-timeout");
            Duration requestTimeout = readTimeout("request-timeout");
            int batchEvents = ConnectionSettings.asFlumeBatchEvents(
                    readInt("batch-size", ConnectionSettings.DEFAULT_BATCH_EVENTS));
            OptionalInt deflateLevel = readDeflateLevel();
            if (take("maxIoWorkers") != null) {
                notes.add("maxIoWorkers has no effect");
            }
            for (String key : unread) {
                problems.add(key + ": " + (NOT_YET.matcher(key).matches() ? "not supported yet" : "unknown key"));
            }
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(String.join("\n", problems));
            }
            return new ClientProperties(
                    peer, new ConnectionSettings(connectTimeout, requestTimeout, deflateLevel), batchEvents, notes);
        }

        private void checkType() {
            String type = take("client.type");
            if (type != null
                    && !type.equalsIgnoreCase("default")
                    && !type.equals("org.apache.flume.api.NettyAvroRpcClient")) {
                problems.add("client.type: " + type + " is not supported yet (expected: default)");
            }
        }

        private RelayAddress readPeer() {
            String text = take(HOSTS);
            String[] names = text == null ? new String[0] : text.trim().split("\\s+");
            RelayAddress peer = new RelayAddress("localhost", 1);
            if (names.length == 0 || names[0].isEmpty()) {
                problems.add("hosts: missing (expected: a name, and hosts.<name> = host:port)");
            }
            for (int i = names.length - 1; i >= 0; i--) {
                if (!names[i].isEmpty()) {
                    peer = readHost(HOST_PREFIX + names[i], peer);
                }
            }
            if (names.length > 1) {
                notes.add("only the first of " + names.length + " hosts is used: " + peer);
            }
            return peer;
        }

        private RelayAddress readHost(String key, RelayAddress standIn) {
            String text = take(key);
            try {
                if (text != null) {
                    return RelayAddress.parse(text);
                }
                problems.add(key + ": missing (expected: host:port)");
            } catch (IllegalArgumentException e) {
                problems.add(key + ": " + e.getMessage());
            }
            return standIn;
        }

        private Duration readTimeout(String key) {
            long millis = ConnectionSettings.DEFAULT_TIMEOUT.toMillis();
            return ConnectionSettings.asFlumeTimeout(Duration.ofMillis(readInt(key, (int) millis)));
        }

        private OptionalInt readDeflateLevel() {
            int level = readInt("compression-level", ConnectionSettings.DEFAULT_DEFLATE_LEVEL);
            if (level < 0 || level > 9) {
                problems.add("compression-level: " + level + " (expected: 0 to 9)");
            }
            String type = take("compression-type");
            String name = type == null ? "none" : type.toLowerCase(Locale.ROOT);
            if (!name.equals("none") && !name.equals("deflate")) {
                problems.add("compression-type: " + type + " (expected: none or deflate)");
            }
            return name.equals("deflate") && level >= 0 && level <= 9 ? OptionalInt.of(level) : OptionalInt.empty();
        }

        private int readInt(String key, int defaultValue) {
            String text = take(key);
            if (text == null) {
                return defaultValue;
            }
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                problems.add(key + ": " + text + " (expected: a whole number)");
                return defaultValue;
            }
        }

        private @Nullable String take(String key) {
            unread.remove(key);
            String text = properties.getProperty(key);
            return text == null ? null : text.trim();
        }
    }
}
