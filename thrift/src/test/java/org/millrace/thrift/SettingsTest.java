package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.api.Settings;
import org.millrace.testkit.RecordedProblems;

class SettingsTest {
    private final RecordedProblems problems = new RecordedProblems();

    @Test
    void sourceHasFlumesDefaultsAndOurLimits() {
        ThriftSourceSettings read = source();

        assertThat(problems.problems()).isEmpty();
        assertThat(read.tcp().host()).isEqualTo("0.0.0.0");
        assertThat(read.port()).isEqualTo(4141);
        assertThat(read.tcp().eventLoops()).isZero();
        assertThat(read.protocol()).isEqualTo(WireProtocol.COMPACT);
        assertThat(read.codec().maxFrameBytes()).isEqualTo(128 << 20);
        assertThat(read.codec().maxBatchEvents()).isEqualTo(1_000_000);
        assertThat(read.codec().maxHeaderBytes()).isEqualTo(1 << 20);
        assertThat(read.tcp().maxConnections()).isEqualTo(20_000);
        assertThat(read.maxPipelined()).isEqualTo(128);
        assertThat(read.tcp().maxUnsentBytes()).isEqualTo(64 << 10);
        assertThat(read.timeouts().idle()).isZero();
        assertThat(read.timeouts().stall()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void everyKeyOfTheSourceIsTaken() {
        ThriftSourceSettings read = source(
                "threads",
                "3",
                "protocol",
                "Binary",
                "maxFrameBytes",
                "2048",
                "maxBatchEvents",
                "7",
                "maxHeaderBytes",
                "8",
                "maxReceiveBytes",
                "9000",
                "maxConnections",
                "5",
                "maxPipelined",
                "6",
                "maxUnsentReplyBytes",
                "4096",
                "idleTimeout",
                "10",
                "stallTimeout",
                "11");

        assertThat(problems.problems()).isEmpty();
        assertThat(read.tcp().eventLoops()).isEqualTo(3);
        assertThat(read.protocol()).isEqualTo(WireProtocol.BINARY);
        assertThat(read.codec().maxFrameBytes()).isEqualTo(2048);
        assertThat(read.codec().maxBatchEvents()).isEqualTo(7);
        assertThat(read.codec().maxHeaderBytes()).isEqualTo(8);
        assertThat(read.maxReceiveBytes()).isEqualTo(9000);
        assertThat(read.tcp().maxConnections()).isEqualTo(5);
        assertThat(read.maxPipelined()).isEqualTo(6);
        assertThat(read.tcp().maxUnsentBytes()).isEqualTo(4096);
        assertThat(read.timeouts().idle()).isEqualTo(Duration.ofSeconds(10));
        assertThat(read.timeouts().stall()).isEqualTo(Duration.ofSeconds(11));
    }

    @ParameterizedTest
    @CsvSource({
        "port, 70000, 'a whole number, 0 to 65535'",
        "threads, -1, 'a whole number, 0 to 1024'",
        "protocol, json, 'one of: compact, binary'",
        "maxFrameBytes, 3, 'a whole number, 1024 to 1073741824'",
        "maxBatchEvents, 0, 'a whole number, 1 to 1073741824'",
        "maxHeaderBytes, x, 'a whole number, 1 to 1073741824'",
        "maxReceiveBytes, 1, 'a whole number, at least 1024'",
        "maxConnections, 0, 'a whole number, 1 to 16777216'",
        "maxPipelined, 0, 'a whole number, 1 to 1048576'",
        "maxUnsentReplyBytes, 5, 'a whole number, 1024 to 1073741824'",
        "idleTimeout, -1, 'a number of seconds, at least 0'",
        "stallTimeout, soon, 'a number of seconds, at least 0'",
    })
    void badValueOfTheSourceIsRefused(String key, String value, String expected) {
        source(key, value);

        assertThat(problems.problems()).containsExactly(key + ": " + value + " (expected: " + expected + ")");
    }

    @Test
    void kerberosOfTheSourceNeedsItsKeysAndTheyNeedKerberos() {
        source("kerberos", "true");
        source("agent-principal", "flume/h@R", "agent-keytab", "no-such-file");

        assertThat(problems.problems())
                .containsExactly(
                        "agent-principal: missing (expected: such as flume/_HOST@EXAMPLE.COM, where _HOST is this machine's name)",
                        "agent-keytab: missing (expected: a keytab that can be read)");
        assertThat(problems.notes())
                .containsExactly(
                        "agent-principal: has no effect without kerberos = true",
                        "agent-keytab: has no effect without kerberos = true");
    }

    @Test
    void sourceAndSinkNeedAnAddress() {
        ThriftSourceSettings.read(problems.settings(Map.of()));
        ThriftSinkSettings.read(problems.settings(Map.of()));

        assertThat(problems.problems())
                .containsExactly(
                        "bind: missing (expected: a host name or address)",
                        "port: missing (expected: a whole number, 0 to 65535)",
                        "hostname: missing (expected: a host name or address)",
                        "port: missing (expected: a whole number, 1 to 65535)");
    }

    @Test
    void sinkHasFlumesDefaults() {
        ThriftSinkSettings read = sink();

        assertThat(problems.problems()).isEmpty();
        assertThat(read)
                .isEqualTo(new ThriftSinkSettings(
                        "h",
                        4141,
                        Optional.empty(),
                        Optional.empty(),
                        WireProtocol.COMPACT,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        100,
                        4,
                        4 << 20,
                        Duration.ZERO));
    }

    @Test
    void everyKeyOfTheSinkIsTaken() {
        ThriftSinkSettings read = sink(
                "protocol",
                "binary",
                "connect-timeout",
                "1500",
                "request-timeout",
                "2500",
                "batch-size",
                "7",
                "max-in-flight",
                "2",
                "max-call-bytes",
                "9000",
                "reset-connection-interval",
                "60",
                "maxConnections",
                "3");

        assertThat(problems.problems()).isEmpty();
        assertThat(read)
                .isEqualTo(new ThriftSinkSettings(
                        "h",
                        4141,
                        Optional.empty(),
                        Optional.empty(),
                        WireProtocol.BINARY,
                        Duration.ofMillis(1500),
                        Duration.ofMillis(2500),
                        7,
                        2,
                        9000,
                        Duration.ofMinutes(1)));
        assertThat(problems.notes())
                .containsExactly("maxConnections: has no effect: a Thrift sink has one connection, as in Flume");
    }

    @Test
    void intervalOfResetsIsTakenInBothSpellings() {
        assertThat(sink("connection-reset-interval", "30").resetInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(sink("reset-connection-interval", "30", "connection-reset-interval", "30")
                        .resetInterval())
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(problems.problems()).isEmpty();

        sink("reset-connection-interval", "30", "connection-reset-interval", "40");

        assertThat(problems.problems())
                .containsExactly(
                        "connection-reset-interval: not the same as reset-connection-interval (expected: one of the two)");
    }

    @Test
    void valuesThatFlumeReplacesAreReplacedAndTold() {
        ThriftSinkSettings read = sink("connect-timeout", "999", "request-timeout", "0", "batch-size", "0");

        assertThat(read.connectTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(read.requestTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(read.batchEvents()).isEqualTo(100);
        assertThat(problems.notes())
                .containsExactly(
                        "connect-timeout: 999 means 20000, as in Flume: it is less than 1000",
                        "request-timeout: 0 means 20000, as in Flume: it is less than 1000",
                        "batch-size: 0 means 100, as in Flume: it is less than 1");
    }

    @ParameterizedTest
    @CsvSource({
        "port, 0, 'a whole number, 1 to 65535'",
        "protocol, json, 'one of: compact, binary'",
        "connect-timeout, x, 'a number of milliseconds'",
        "request-timeout, 1s, 'a number of milliseconds'",
        "batch-size, many, 'a whole number'",
        "max-in-flight, 0, 'a whole number, 1 to 1024'",
        "max-call-bytes, 1, 'a whole number, 1024 to 536870912'",
        "reset-connection-interval, -1, 'a number of seconds, at least 0'",
        "connection-reset-interval, x, 'a number of seconds, at least 0'",
    })
    void badValueOfTheSinkIsRefused(String key, String value, String expected) {
        sink(key, value);

        assertThat(problems.problems()).hasSize(1);
        assertThat(problems.problems().get(0)).startsWith(key + ": " + value + " (expected: " + expected);
    }

    @Test
    void allMistakesOfKerberosAreToldAtOnce() {
        sink("kerberos", "true", "client-principal", "a/b/c@@", "client-keytab", "no-such-file");

        assertThat(problems.problems())
                .hasSize(3)
                .anyMatch(problem -> problem.startsWith("client-principal: a/b/c@@: "))
                .anyMatch(problem -> problem.startsWith("client-keytab: no-such-file: there is no such file"))
                .anyMatch(problem -> problem.startsWith("server-principal: missing"));
    }

    @Test
    void kerberosOfTheSinkNeedsItsKeysAndTheyNeedKerberos() {
        sink("kerberos", "true");
        sink("server-principal", "flume/h@R");

        assertThat(problems.problems())
                .containsExactly(
                        "client-principal: missing (expected: such as flume/_HOST@EXAMPLE.COM, where _HOST is this machine's name)",
                        "client-keytab: missing (expected: a keytab that can be read)",
                        "server-principal: missing (expected: such as flume/collector.example.com@EXAMPLE.COM)");
        assertThat(problems.notes()).containsExactly("server-principal: has no effect without kerberos = true");
    }

    @Test
    void bothGoByFlumesNames() {
        assertThat(new ThriftSourceFactory().typeNames())
                .containsExactly("thrift", "org.apache.flume.source.ThriftSource");
        assertThat(new ThriftSinkFactory().typeNames()).containsExactly("thrift", "org.apache.flume.sink.ThriftSink");
    }

    private ThriftSourceSettings source(String... keysAndValues) {
        return ThriftSourceSettings.read(settings(Map.of("bind", "0.0.0.0", "port", "4141"), keysAndValues));
    }

    private ThriftSinkSettings sink(String... keysAndValues) {
        return ThriftSinkSettings.read(settings(Map.of("hostname", "h", "port", "4141"), keysAndValues));
    }

    private Settings settings(Map<String, String> least, String... keysAndValues) {
        Map<String, String> values = new HashMap<>(least);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return problems.settings(values);
    }
}
