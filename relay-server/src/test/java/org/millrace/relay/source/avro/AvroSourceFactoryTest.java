package org.millrace.relay.source.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.listener.Transport;
import org.millrace.testkit.RecordingInlet;

class AvroSourceFactoryTest {
    private final List<String> problems = new ArrayList<>();

    @Test
    void isFoundByFlumesNames() {
        assertThat(ServiceLoader.load(ComponentFactory.OfSource.class))
                .filteredOn(factory -> factory instanceof AvroSourceFactory)
                .singleElement()
                .satisfies(factory ->
                        assertThat(factory.typeNames()).containsExactly("avro", "org.apache.flume.source.AvroSource"));
    }

    @Test
    void bindAndPortAreEnough() {
        create(Map.of("bind", "localhost", "port", "4141"));

        assertThat(problems).isEmpty();
    }

    @Test
    void missingBindAndPortAreNamedTogether() {
        create(Map.of());

        assertThat(problems).hasSize(2).anyMatch(p -> p.startsWith("bind:")).anyMatch(p -> p.startsWith("port:"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "port, 65536",
        "port, -1",
        "port, http",
        "threads, -1",
        "compression-type, gzip",
        "ipFilterRules, deny:ip",
        "maxFrameBytes, 100",
        "maxPipelined, 0",
        "stallTimeout, -1"
    })
    void badValueIsNamedAndNotReplaced(String key, String value) {
        Map<String, String> values = new HashMap<>(Map.of("bind", "localhost", "port", "4141"));
        values.put(key, value);

        create(values);

        assertThat(problems).singleElement().asString().startsWith(key + ": " + value + " (expected: ");
    }

    @Test
    void filterWithoutRulesIsAMistake() {
        create(Map.of("bind", "localhost", "port", "4141", "ipFilter", "true"));

        assertThat(problems).singleElement().asString().contains("ipFilterRules");
    }

    @Test
    void whatIsWrongWithItsTlsIsNamed() {
        Map<String, String> values = new HashMap<>(Map.of("bind", "localhost", "port", "4141", "ssl", "true"));
        values.putAll(Map.of("keystore", "no-such-file", "keystore-password", "quiet", "exclude-protocols", "TLSv1.1"));

        create(values);

        assertThat(problems)
                .containsExactly("keystore: no-such-file: there is no such file (expected: a file that can be read)");
    }

    @Test
    void withoutSslItsKeysAreKnownAndHaveNoEffect() {
        create(Map.of("bind", "localhost", "port", "4141", "ssl", "false", "keystore", "no-such-file"));

        assertThat(problems).containsExactly("note keystore: has no effect: ssl is false");
    }

    @Test
    void portInUseFailsTheStartAndNamesTheAddress() throws Exception {
        try (SourceUnderTest first = new SourceUnderTest()) {
            String port = Integer.toString(first.address().getPort());
            SourceMetrics metrics = new SourceMetrics("r2", new MetricRegistry());
            AvroSource second = SourceUnderTest.source(new RecordingInlet(), metrics, Transport.best(), "port", port);

            assertThatThrownBy(second::start)
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
            second.close();
        }
    }

    @Test
    void unknownHostFailsTheStartAndIsNamed() {
        SourceMetrics metrics = new SourceMetrics("r2", new MetricRegistry());
        AvroSource source =
                SourceUnderTest.source(new RecordingInlet(), metrics, Transport.NIO, "bind", "no.such.host.invalid");

        assertThatThrownBy(source::start)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("no.such.host.invalid");
    }

    private void create(Map<String, String> values) {
        Settings settings = new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                problems.add("note " + key + ": " + message);
            }
        });
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        new AvroSourceFactory()
                .create(new SourceContext("a1", "r1", new RecordingInlet(), metrics, InstantSource.system()), settings)
                .close();
        assertThat(settings.knownKeys()).containsAll(values.keySet());
    }
}
