package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.BatchSized;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

class SyslogFactoriesTest {
    private static final ComponentFactory.OfSource TCP = new SyslogTcpSourceFactory();
    private static final ComponentFactory.OfSource MULTIPORT = new MultiportSyslogTcpSourceFactory();
    private static final ComponentFactory.OfSource UDP = new SyslogUdpSourceFactory();

    private final RecordedProblems problems = new RecordedProblems();

    @Test
    void areFoundByFlumesNames() {
        assertThat(TCP.typeNames()).containsExactly("syslogtcp", "org.apache.flume.source.SyslogTcpSource");
        assertThat(MULTIPORT.typeNames())
                .containsExactly("multiport_syslogtcp", "org.apache.flume.source.MultiportSyslogTCPSource");
        assertThat(UDP.typeNames()).containsExactly("syslogudp", "org.apache.flume.source.SyslogUDPSource");
    }

    @Test
    void aPortIsEnough() {
        create(TCP, Map.of("port", "0"));
        create(UDP, Map.of("port", "0"));
        Source multiport = create(MULTIPORT, Map.of("ports", "10514 10515"));

        assertThat(problems.problems()).isEmpty();
        assertThat(((BatchSized) multiport).batchEvents()).isEqualTo(100);
        assertThat(((BatchSized) multiport).batchKey()).isEqualTo("batchSize");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "port|65536|a whole number",
                "eventSize|9|a whole number, 10 to",
                "keepFields|name|none, all, or some of",
                "format.regex|(|a regular expression of Java's; Unclosed group",
                "octetCounting|maybe|true or false",
                "batchSize|0|a whole number",
                "threads|-1|a whole number",
                "maxConnections|0|a whole number",
                "maxUnsentReplyBytes|1|a whole number",
                "idleTimeout|-1|a number of seconds",
                "maxPendingBytes|1|a number of bytes"
            })
    void badValueOfTheTcpSourceIsNamedWithWhatIsExpected(String key, String value, String expected) {
        assertBad(TCP, Map.of("port", "10514"), key, value, expected);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "format.search|x|both or none",
                "format.replace|x|both or none",
                "format.dateFormat|yyyy|both or none"
            })
    void whatBelongsToAFormatIsNothingWithoutOne(String key, String value, String expected) {
        create(TCP, Map.of("port", "10514", key, value));

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(key + ": ")
                .contains(expected);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "format.search|(|a regular expression of Java's",
                "format.dateFormat|bogus|a pattern of Java's SimpleDateFormat",
                "format.maxRegexSteps|1|a whole number"
            })
    void badPartOfAFormatIsNamedWithWhatIsExpected(String key, String value, String expected) {
        Map<String, String> others =
                new HashMap<>(Map.of("port", "10514", "format.regex", "(.*)", "format.replace", "x"));
        if (!key.equals("format.search")) {
            others.put("format.search", "y");
        }
        assertBad(UDP, others, key, value, expected);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ports|10514 x|ports separated by blanks",
                "ports|10514 10514|ports separated by blanks, each 0 to 65535; not a port, or there twice: 10514",
                "eventSize|1|a whole number",
                "batchSize|0|a whole number",
                "numProcessors|-1|a whole number",
                "readBufferBytes|0|a whole number",
                "charset.default|utf-9|a character set, such as UTF-8; there is none of that name",
                "charset.port.10514|utf-9|a character set, such as UTF-8; there is none of that name"
            })
    void badValueOfTheMultiportSourceIsNamedWithWhatIsExpected(String key, String value, String expected) {
        assertBad(MULTIPORT, Map.of("ports", "10514"), key, value, expected);
    }

    @Test
    void aCharsetOfAPortThatIsNotListenedOnIsAMistake() {
        create(MULTIPORT, Map.of("ports", "10514", "charset.port.10515", "utf-8"));

        assertThat(problems.problems())
                .containsExactly("charset.port.10515: no such port (expected: one of those in ports)");
    }

    @Test
    void missingPortsAreNamed() {
        create(TCP, Map.of());
        create(MULTIPORT, Map.of());
        create(UDP, Map.of());

        assertThat(problems.problems()).hasSize(3).allMatch(problem -> problem.contains("missing"));
    }

    @Test
    void withoutSslItsKeysAreKnownAndHaveNoEffect() {
        create(TCP, Map.of("port", "10514", "ssl", "false", "keystore", "x"));
        create(MULTIPORT, Map.of("ports", "10514", "keystore-password", "x"));

        assertThat(problems.problems()).isEmpty();
        assertThat(problems.notes())
                .containsExactly(
                        "keystore: has no effect: ssl is false", "keystore-password: has no effect: ssl is false");
    }

    private void assertBad(
            ComponentFactory.OfSource factory, Map<String, String> others, String key, String value, String expected) {
        Map<String, String> values = new HashMap<>(others);
        values.put(key, value);

        create(factory, values);

        assertThat(problems.problems())
                .singleElement()
                .asString()
                .startsWith(key + ": " + value + " (expected: " + expected);
    }

    private Source create(ComponentFactory.OfSource factory, Map<String, String> values) {
        SourceMetrics metrics = new SourceMetrics("r1", new MetricRegistry());
        SourceContext context = new SourceContext("a1", "r1", new RecordingInlet(), metrics, InstantSource.system());
        Source source = factory.create(context, problems.settings(values));
        source.close();
        return source;
    }
}
