package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.client.HostPolicy.Failover;
import org.millrace.client.HostPolicy.FirstOnly;
import org.millrace.client.HostPolicy.LoadBalance;
import org.millrace.client.HostPolicy.Selector;

class ClientPropertiesTest {
    private final Properties properties = new Properties();

    @Test
    void aHostIsEnough() {
        hosts("web01:4141");
        assertThat(ClientProperties.read(properties))
                .isEqualTo(new ClientProperties(
                        ClientSettings.builder("web01:4141").build(), List.of()));
    }

    @Test
    void everyKeyHasItsEffect() {
        hosts("web01:4141");
        set("client.type", "DEFAULT");
        set("batch-size", "7");
        set("connect-timeout", "1000");
        set("request-timeout", "2000");
        set("compression-type", "deflate");
        set("compression-level", "0");
        set("max-in-flight", "3");
        set("max-in-flight-bytes", "4000");
        ClientSettings expected = ClientSettings.builder("web01:4141")
                .connection(new ConnectionSettings(Duration.ofSeconds(1), Duration.ofSeconds(2), OptionalInt.of(0)))
                .batchEvents(7)
                .maxInFlight(3, 4000)
                .build();
        assertThat(ClientProperties.read(properties)).isEqualTo(new ClientProperties(expected, List.of()));
    }

    @Test
    void valuesThatFlumeTakesForTheDefaultAreTheDefaultAndThatIsSaid() {
        hosts("web01:4141");
        set("batch-size", "0");
        set("connect-timeout", "999");
        set("request-timeout", "-1");
        ClientProperties read = ClientProperties.read(properties);
        assertThat(read.settings().connection()).isEqualTo(ConnectionSettings.DEFAULT);
        assertThat(read.settings().batchEvents()).isEqualTo(100);
        assertThat(read.notes())
                .containsExactly(
                        "connect-timeout: 999 means 20000, as in Flume: it is less than 1000",
                        "request-timeout: -1 means 20000, as in Flume: it is less than 1000",
                        "batch-size: 0 means 100, as in Flume: it is less than 1");
    }

    @Test
    void ofSeveralHostsTheDefaultClientUsesTheFirstAndThatIsSaid() {
        hosts("web01:4141", "web02:4141");
        ClientProperties read = ClientProperties.read(properties);
        assertThat(read.settings().policy()).isEqualTo(new FirstOnly());
        assertThat(read.notes())
                .containsExactly("hosts: only the first of 2 is used, web01:4141: client.type is default");
    }

    @ParameterizedTest
    @CsvSource({"default_failover", "DEFAULT_FAILOVER", "org.apache.flume.api.FailoverRpcClient"})
    void failoverTriesAsOftenAsThereAreHosts(String type) {
        hosts("web01:4141", "web02:4141", "[::1]:4141");
        set("client.type", type);
        ClientSettings read = ClientProperties.read(properties).settings();
        assertThat(read.policy()).isEqualTo(new Failover(3));
        assertThat(read.hosts())
                .extracting(RelayAddress::toString)
                .containsExactly("web01:4141", "web02:4141", "[::1]:4141");
        set("max-attempts", "7");
        assertThat(ClientProperties.read(properties).settings().policy()).isEqualTo(new Failover(7));
    }

    @ParameterizedTest
    @CsvSource({
        "default_loadbalance,,,, ROUND_ROBIN, 0",
        "org.apache.flume.api.LoadBalancingRpcClient, round_robin, false,, ROUND_ROBIN, 0",
        "DEFAULT_LOADBALANCE, RANDOM, true,, RANDOM, 30000",
        "default_loadbalance, random, true, 0, RANDOM, 30000",
        "default_loadbalance, random, true, 5000, RANDOM, 5000"
    })
    void loadBalancingIsRead(
            String type, String selector, String backoff, String most, Selector expected, long millis) {
        hosts("web01:4141", "web02:4141");
        set("client.type", type);
        set("host-selector", selector);
        set("backoff", backoff);
        set("maxBackoff", most);
        Optional<Duration> longest = millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        ClientProperties read = ClientProperties.read(properties);
        assertThat(read.settings().policy()).isEqualTo(new LoadBalance(expected, longest));
        assertThat(read.notes()).isEmpty();
    }

    @Test
    void withSslThereIsTlsAndWhereCompressionStandsCanBeSaid() {
        hosts("web01:4141");
        set("ssl", "true");
        set("compression-type", "deflate");
        assertThat(ClientProperties.read(properties).settings().connection().tls())
                .hasValueSatisfying(tls -> assertThat(tls.verifiesHost()).isTrue());
        assertThat(ClientProperties.read(properties).settings().connection().compressionLayer())
                .isEqualTo(CompressionLayer.OUTSIDE_TLS);
        set("compression-layer", "inside_tls");
        assertThat(ClientProperties.read(properties).settings().connection().compressionLayer())
                .isEqualTo(CompressionLayer.INSIDE_TLS);
        assertThat(ClientProperties.read(properties).notes()).isEmpty();
        set("ssl", "false");
        assertThat(ClientProperties.read(properties).notes())
                .containsExactly("compression-layer: has no effect without both ssl and compression-type = deflate");
    }

    @ParameterizedTest
    @CsvSource({
        "default, max-attempts, 3, client.type is default",
        "default, backoff, true, client.type is default",
        "default_failover, host-selector, random, client.type is default_failover",
        "default_loadbalance, max-attempts, 3, client.type is default_loadbalance",
        "default_loadbalance, maxBackoff, 3, backoff is false",
        "default_failover, compression-level, 3, compression-type is none",
        "default_failover, truststore, x, ssl is false",
        "default_failover, kerberos, false, it is for the thrift client",
        "default_failover, maxIoWorkers, 3, the threads are shared by all clients",
    })
    void whatHasNoEffectIsNoted(String type, String key, String value, String why) {
        hosts("web01:4141", "web02:4141");
        set("client.type", type);
        set(key, value);
        assertThat(ClientProperties.read(properties).notes()).contains(key + ": has no effect: " + why);
    }

    @ParameterizedTest
    @CsvSource({
        "client.type, thrift, 'thrift is not supported yet (expected: default, default_failover or default_loadbalance)'",
        "client.type, org.apache.flume.api.ThriftRpcClient, is not supported yet",
        "client.type, com.example.Mine, 'com.example.Mine (expected: default, default_failover or default_loadbalance)'",
        "client.type, default_loadbalance, 'hosts: 1 host (expected: at least 2 for default_loadbalance)'",
        "compression-layer, middle, 'middle (expected: outside_tls or inside_tls)'",
        "ssl, yes, 'yes (expected: true or false)'",
        "batchsize, 5, 'unknown key (did you mean batch-size?)'",
        "max-backoff, 5, 'unknown key (did you mean maxBackoff?)'",
        "colour, 5, unknown key",
        "hosts.h2, web02:1, 'not in hosts (expected: one of the names in hosts)'",
        "hosts.h1, web01, 'web01 (expected: host:port, an IPv6 address in brackets)'",
        "hosts.h1, ::1:4141, '(expected: host:port, an IPv6 address in brackets)'",
        "hosts, h2, 'hosts.h2: missing (expected: host:port)'",
        "batch-size, many, 'many (expected: a whole number)'",
        "max-attempts, 0, '0 (expected: a whole number, at least 1)'",
        "max-in-flight, 0, '0 (expected: a whole number, at least 1)'",
        "max-in-flight-bytes, -1, '-1 (expected: a number of bytes, at least 1)'",
        "host-selector, com.example.Mine, 'com.example.Mine (expected: round_robin or random)'",
        "backoff, maybe, 'maybe (expected: true or false)'",
        "maxBackoff, -1, '-1 (expected: a number of milliseconds)'",
        "compression-type, gzip, 'gzip (expected: none or deflate)'",
        "compression-level, 10, '10 (expected: 0 to 9)'"
    })
    void aMistakeIsNamed(String key, String value, String message) {
        hosts("web01:4141");
        set(key, value);
        assertThatThrownBy(() -> ClientProperties.read(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(key.equals("hosts") || message.startsWith("hosts") ? "hosts" : key + ": ");
    }

    @Test
    void allMistakesAreNamedTogether() {
        set("ssl", "true");
        set("truststore", "no-such-file");
        set("batch-size", "x");
        assertThatThrownBy(() -> ClientProperties.read(properties))
                .hasMessageContainingAll(
                        "hosts: missing", "truststore: no-such-file: there is no such file", "batch-size: x");
    }

    @Test
    void lenientReadingOnlyNotesWhatFlumeWouldNotLookAt() {
        hosts("web01:4141");
        set("batchsize", "5");
        set("hosts.h2", "web02:1");
        assertThat(ClientProperties.readLenient(properties).notes())
                .containsExactly(
                        "batchsize: unknown key (did you mean batch-size?); it has no effect",
                        "hosts.h2: not in hosts (expected: one of the names in hosts); it has no effect");
        set("ssl", "true");
        set("truststore", "no-such-file");
        assertThatThrownBy(() -> ClientProperties.readLenient(properties)).hasMessageContaining("truststore: no-such");
    }

    private void hosts(String... addresses) {
        StringBuilder names = new StringBuilder();
        for (int i = 1; i <= addresses.length; i++) {
            names.append("h").append(i).append(' ');
            set("hosts.h" + i, addresses[i - 1]);
        }
        set("hosts", names.toString());
    }

    private void set(String key, String value) {
        if (value != null) {
            properties.setProperty(key, value);
        }
    }
}
