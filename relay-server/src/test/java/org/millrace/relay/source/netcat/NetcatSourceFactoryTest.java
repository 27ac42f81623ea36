package org.millrace.relay.source.netcat;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class NetcatSourceFactoryTest {
    private final RecordedProblems problems = new RecordedProblems();

    @Test
    void isFoundByFlumesNames() {
        assertThat(new NetcatSourceFactory().typeNames())
                .containsExactly("netcat", "org.apache.flume.source.NetcatSource");
        assertThat(new NetcatUdpSourceFactory().typeNames())
                .containsExactly("netcatudp", "org.apache.flume.source.NetcatUdpSource");
    }

    @Test
    void bindAndPortAreEnough() {
        NetcatSettings settings = NetcatSettings.read(problems.settings(Map.of("bind", "localhost", "port", "4141")));

        assertThat(problems.problems()).isEmpty();
        assertThat(settings.maxLineChars()).isEqualTo(512);
        assertThat(settings.acksEvents()).isTrue();
        assertThat(settings.encoding()).hasToString("UTF-8");
    }

    @Test
    void missingBindAndPortAreNamedTogether() {
        create(new NetcatSourceFactory(), Map.of());

        assertThat(problems.problems()).hasSize(2).anyMatch(p -> p.startsWith("bind: missing"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "port, 65536, a whole number",
        "max-line-length, 0, a whole number",
        "ack-every-event, yes, true or false",
        "encoding, utf-9, 'a character set, such as UTF-8; there is none of that name'",
        "batchSize, 0, a whole number",
        "threads, -1, a whole number",
        "maxConnections, 0, a whole number",
        "maxUnsentReplyBytes, 1, a whole number",
        "idleTimeout, -1, a number of seconds",
        "maxPendingBytes, 1, a number of bytes",
        "ipFilterRules, deny:ip, 'allow|deny:ip|name:pattern'"
    })
    void badValueIsNamedWithWhatIsExpected(String key, String value, String expected) {
        Map<String, String> values = new HashMap<>(Map.of("bind", "localhost", "port", "4141"));
        values.put(key, value);

        create(new NetcatSourceFactory(), values);

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(key + ": " + value + " (expected: " + expected);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({
        "port, x, a whole number",
        "maxPendingBytes, 1, a number of bytes",
        "receiveBufferBytes, -1, a number of bytes",
        "remoteAddressHeader, other, 'the same as remoteAddress'"
    })
    void badValueOfTheDatagramSourceIsNamedWithWhatIsExpected(String key, String value, String expected) {
        Map<String, String> values = new HashMap<>(Map.of("port", "4141", "remoteAddress", "ra"));
        values.put(key, value);

        create(new NetcatUdpSourceFactory(), values);

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(key + ": " + value + " (expected: " + expected);
    }

    @Test
    void theDatagramSourceNeedsAPortOnly() {
        create(new NetcatUdpSourceFactory(), Map.of("port", "4141"));
        assertThat(problems.problems()).isEmpty();

        create(new NetcatUdpSourceFactory(), Map.of("bind", "localhost"));
        assertThat(problems.problems()).singleElement().asString().startsWith("port: missing");
    }

    private void create(ComponentFactory.OfSource factory, Map<String, String> values) {
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        factory.create(
                        new SourceContext("a1", "r1", new RecordingInlet(), metrics, InstantSource.system()),
                        problems.settings(values))
                .close();
    }
}
