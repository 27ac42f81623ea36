package org.millrace.relay.source.syslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.TlsFixture;

/** The sources that take connections, over TLS. */
class SyslogTlsIT {
    private static final String MESSAGE = "<14>1 - host2 dash time\n";

    private static TlsFixture tls;

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();

    private enum Kind {
        ONE_PORT("port"),
        PORTS("ports");

        private final String portKey;

        Kind(String portKey) {
            this.portKey = portKey;
        }

        ComponentFactory.OfSource factory() {
            return this == ONE_PORT ? new SyslogTcpSourceFactory() : new MultiportSyslogTcpSourceFactory();
        }
    }

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        tls = new TlsFixture(dir);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void messagesOfTheJdksOwnSocketArrive(Kind kind) throws Exception {
        try (SyslogTcpSource source = secured(kind);
                SSLSocket sender = connect(source)) {
            sender.getOutputStream().write(MESSAGE.repeat(10_000).getBytes(StandardCharsets.US_ASCII));

            await().until(() -> inlet.bodies().size() == 10_000);
            assertThat(count("tlsHandshakes")).isEqualTo(1);
        }
    }

    @Test
    void theNameOfAPeerIsLookedUpBehindTlsToo() throws Exception {
        try (SyslogTcpSource source = secured(Kind.ONE_PORT, "clientIPHeader", "ip", "clientHostnameHeader", "name");
                SSLSocket sender = connect(source)) {
            sender.getOutputStream().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));

            await().until(() -> inlet.bodies().size() == 1);
            assertThat(inlet.accepted().get(0).headers())
                    .containsEntry("ip", "127.0.0.1")
                    .containsKey("name");
        }
    }

    @Test
    void certificatesMayBeAskedFor() throws Exception {
        try (SyslogTcpSource source = secured(
                        Kind.ONE_PORT,
                        "client-auth",
                        "required",
                        "truststore",
                        tls.trust().toString(),
                        "truststore-password",
                        PASSWORD);
                SSLSocket sender = connect(source)) {
            sender.getOutputStream().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));

            await().until(() -> inlet.bodies().size() == 1);
            assertThat(sender.getSession().getLocalCertificates()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aPlainSenderToATlsSourceIsDisconnectedAndCounted(Kind kind) throws Exception {
        try (SyslogTcpSource source = secured(kind);
                Socket plain = new Socket(
                        InetAddress.getLoopbackAddress(),
                        source.boundAddresses().get(0).getPort())) {
            plain.getOutputStream().write(MESSAGE.getBytes(StandardCharsets.US_ASCII));

            await().until(() -> count("connectionsRefused.tls") == 1);
            assertThat(inlet.bodies()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aTlsSenderToAPlainSourceIsDisconnectedAndMakesNoEvent(Kind kind) throws Exception {
        try (SyslogTcpSource source = start(kind)) {
            assertThatThrownBy(() -> connect(source)).isInstanceOf(IOException.class);

            assertThat(count("connectionsRefused.tls")).isEqualTo(1);
            assertThat(inlet.bodies()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("org.millrace.testkit.TlsFixture#badValuesOfAServer")
    void aBadValueIsNamedWithItsKey(String key, String value, String message) {
        for (Kind kind : Kind.values()) {
            tls.assertNamed(
                    key,
                    value,
                    message,
                    Map.of(kind.portKey, "0"),
                    settings -> kind.factory().create(context(), settings).close());
        }
    }

    private SyslogTcpSource secured(Kind kind, String... more) throws Exception {
        return start(kind, tls.serverKeys(more));
    }

    private SyslogTcpSource start(Kind kind, String... keysAndValues) throws Exception {
        Map<String, String> values = new HashMap<>(Map.of("host", "127.0.0.1", kind.portKey, "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        SyslogTcpSource source = (SyslogTcpSource) kind.factory().create(context(), problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
        return source;
    }

    private SourceContext context() {
        return new SourceContext("a1", "r1", inlet, new SourceMetrics("r1", registry), InstantSource.system());
    }

    private static SSLSocket connect(SyslogTcpSource source) throws IOException {
        return tls.connect(source.boundAddresses().get(0).getPort());
    }

    private long count(String figure) {
        return registry.counter("source.r1." + figure).getCount();
    }
}
