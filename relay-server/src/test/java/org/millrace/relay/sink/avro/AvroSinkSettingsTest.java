package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.client.RelayAddress;

class AvroSinkSettingsTest {
    private final Map<String, String> problems = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    @Test
    void hostAndPortAreEnough() {
        AvroSinkSettings settings = read(Map.of("hostname", "web01", "port", "4141"));
        assertThat(settings)
                .isEqualTo(new AvroSinkSettings(
                        new RelayAddress("web01", 4141), ConnectionSettings.DEFAULT, 100, 4, Duration.ZERO));
        assertThat(problems).isEmpty();
        assertThat(notes).isEmpty();
    }

    @Test
    void everyKeyHasItsEffect() {
        AvroSinkSettings settings = read(Map.of(
                "hostname", "::1",
                "port", "1",
                "batch-size", "1000",
                "connect-timeout", "1000",
                "request-timeout", "30000",
                "reset-connection-interval", "60",
                "compression-type", "deflate",
                "compression-level", "9",
                "max-in-flight", "8"));
        assertThat(settings)
                .isEqualTo(new AvroSinkSettings(
                        new RelayAddress("::1", 1),
                        new ConnectionSettings(Duration.ofSeconds(1), Duration.ofSeconds(30), OptionalInt.of(9)),
                        1000,
                        8,
                        Duration.ofSeconds(60)));
        assertThat(problems).isEmpty();
        assertThat(notes).isEmpty();
    }

    @Test
    void hostAndPortAreRequired() {
        read(Map.of());
        assertThat(problems).containsOnlyKeys("hostname", "port");
    }

    @ParameterizedTest
    @CsvSource({
        "port, 0",
        "port, 65536",
        "port, http",
        "batch-size, many",
        "connect-timeout, 20s",
        "request-timeout, 1.5",
        "reset-connection-interval, -1",
        "compression-type, gzip",
        "compression-level, 10",
        "max-in-flight, 0",
        "max-in-flight, 1025"
    })
    void aBadValueIsRefused(String key, String value) {
        Map<String, String> values = new LinkedHashMap<>(Map.of("hostname", "web01", "port", "4141"));
        values.put(key, value);
        read(values);
        assertThat(problems).containsOnlyKeys(key);
        assertThat(problems.get(key)).startsWith(value + " (expected: ");
    }

    @ParameterizedTest
    @CsvSource({"connect-timeout, 999", "request-timeout, 0", "batch-size, 0", "batch-size, -5"})
    void whatFlumeTakesForTheDefaultIsTheDefaultAndSaid(String key, String value) {
        AvroSinkSettings settings = read(Map.of("hostname", "web01", "port", "4141", key, value));
        assertThat(settings.connection()).isEqualTo(ConnectionSettings.DEFAULT);
        assertThat(settings.batchEvents()).isEqualTo(100);
        assertThat(problems).isEmpty();
        assertThat(notes).containsOnlyKeys(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"client.type", "hosts", "hosts.h1", "host-selector", "max-attempts", "backoff", "maxBackoff"})
    void whoWantsSeveralHostsIsTold(String key) {
        read(Map.of("hostname", "web01", "port", "4141", key, "x"));
        assertThat(problems)
                .containsExactly(
                        Map.entry(
                                key,
                                "not supported (expected: a sink for each host, in a sink group of type failover or load_balance)"));
    }

    @Test
    void withSslThereIsTlsAndCompressionStandsOutsideUnlessItIsSaid() {
        Map<String, String> keys = new HashMap<>(Map.of("hostname", "web01", "port", "4141", "ssl", "true"));
        keys.putAll(Map.of("trust-all-certs", "true", "compression-type", "deflate"));

        ConnectionSettings connection = read(keys).connection();
        assertThat(connection.tls())
                .hasValueSatisfying(tls -> assertThat(tls.verifiesHost()).isFalse());
        assertThat(connection.compressionLayer()).isEqualTo(CompressionLayer.OUTSIDE_TLS);
        keys.put("compression-layer", "inside_tls");
        assertThat(read(keys).connection().compressionLayer()).isEqualTo(CompressionLayer.INSIDE_TLS);
        assertThat(problems).isEmpty();
        assertThat(notes).isEmpty();
    }

    @Test
    void whatIsWrongWithItsTlsIsNamed() {
        Map<String, String> keys = new HashMap<>(Map.of("hostname", "web01", "port", "4141", "ssl", "true"));
        keys.put("truststore", "no-such-file");

        read(keys);

        assertThat(problems)
                .containsExactly(Map.entry(
                        "truststore", "no-such-file: there is no such file (expected: a file that can be read)"));
    }

    @Test
    void keysWithoutEffectAreTold() {
        read(Map.of("hostname", "web01", "port", "4141", "maxIoWorkers", "3", "compression-level", "3"));
        assertThat(problems).isEmpty();
        assertThat(notes).containsOnlyKeys("maxIoWorkers", "compression-level");
    }

    @Test
    void theFactoryIsFoundByFlumesNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSink.class))
                .filteredOn(AvroSinkFactory.class::isInstance)
                .singleElement()
                .satisfies(factory ->
                        assertThat(factory.typeNames()).containsExactly("avro", "org.apache.flume.sink.AvroSink"));
    }

    private AvroSinkSettings read(Map<String, String> values) {
        return AvroSinkSettings.read(new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.put(key, message);
            }

            @Override
            public void note(String key, String message) {
                notes.put(key, message);
            }
        }));
    }
}
