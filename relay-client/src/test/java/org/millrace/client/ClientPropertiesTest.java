package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientPropertiesTest {
    private final Properties properties = new Properties();

    @Test
    void aHostIsEnough() {
        host();
        assertThat(ClientProperties.read(properties))
                .isEqualTo(new ClientProperties(
                        new RelayAddress("web01", 4141), ConnectionSettings.DEFAULT, 100, List.of()));
    }

    @Test
    void everyKeyHasItsEffect() {
        host();
        properties.setProperty("client.type", "DEFAULT");
        properties.setProperty("batch-size", "7");
        properties.setProperty("connect-timeout", "1000");
        properties.setProperty("request-timeout", "2000");
        properties.setProperty("compression-type", "deflate");
        properties.setProperty("compression-level", "0");
        assertThat(ClientProperties.read(properties))
                .isEqualTo(new ClientProperties(
                        new RelayAddress("web01", 4141),
                        new ConnectionSettings(Duration.ofSeconds(1), Duration.ofSeconds(2), OptionalInt.of(0)),
                        7,
                        List.of()));
    }

    @Test
    void valuesThatFlumeTakesForTheDefaultAreTheDefault() {
        host();
        properties.setProperty("batch-size", "0");
        properties.setProperty("connect-timeout", "999");
        properties.setProperty("request-timeout", "-1");
        ClientProperties read = ClientProperties.read(properties);
        assertThat(read.connection()).isEqualTo(ConnectionSettings.DEFAULT);
        assertThat(read.batchEvents()).isEqualTo(100);
    }

    @Test
    void ofSeveralHostsTheFirstIsUsedAndThatIsSaid() {
        host();
        properties.setProperty("hosts", "h1 h2");
        properties.setProperty("hosts.h2", "web02:4141");
        ClientProperties read = ClientProperties.read(properties);
        assertThat(read.peer()).isEqualTo(new RelayAddress("web01", 4141));
        assertThat(read.notes()).containsExactly("only the first of 2 hosts is used: web01:4141");
    }

    @ParameterizedTest
    @CsvSource({
        "client.type, default_failover, 'client.type: default_failover is not supported yet (expected: default)'",
        "ssl, true, ssl: not supported yet",
        "truststore-password, x, truststore-password: not supported yet",
        "batchsize, 5, batchsize: unknown key",
        "hosts.h1, web01, 'hosts.h1: web01 (expected: host:port, an IPv6 address in brackets)'",
        "hosts, h2, 'hosts.h2: missing (expected: host:port)'",
        "batch-size, many, 'batch-size: many (expected: a whole number)'",
        "compression-type, gzip, 'compression-type: gzip (expected: none or deflate)'",
        "compression-level, 10, 'compression-level: 10 (expected: 0 to 9)'"
    })
    void aMistakeIsNamed(String key, String value, String message) {
        host();
        properties.setProperty(key, value);
        assertThatThrownBy(() -> ClientProperties.read(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void allMistakesAreNamedTogether() {
        properties.setProperty("ssl", "true");
        properties.setProperty("batch-size", "x");
        assertThatThrownBy(() -> ClientProperties.read(properties))
                .hasMessageContainingAll("hosts: missing", "ssl: not supported yet", "batch-size: x");
    }

    private void host() {
        properties.setProperty("hosts", "h1");
        properties.setProperty("hosts.h1", "web01:4141");
    }
}
