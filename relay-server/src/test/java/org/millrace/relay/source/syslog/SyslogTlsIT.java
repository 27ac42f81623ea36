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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.ComponentFactory;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.TestCertificates;

/** The sources that take connections, over TLS. */
class SyslogTlsIT {
    private static final String MESSAGE = "<14>1 - host2 dash time\n";

    private static TestCertificates.Issued client;
    private static Path store;
    private static Path trust;

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
        TestCertificates authority = new TestCertificates(dir);
        client = authority.issue("client");
        store = authority.issue("server").store("JKS");
        trust = authority.trust("JKS");
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
                        trust.toString(),
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
    @CsvSource(
            delimiter = '|',
            value = {
                "ssl|yes|ssl: yes (expected: true or false)",
                "keystore|no-such-file|keystore: no-such-file: there is no such file",
                "keystore-password|guess|keystore-password: does not open ",
                "keystore-type|CABINET|keystore-type: CABINET (expected: PEM, ",
                "keystore-private-key|key.pem|keystore-private-key: key.pem (expected: nothing, unless ",
                "include-protocols|TLSv7|include-protocols: TLSv7 is no protocol of this JDK",
                "exclude-protocols|TLSv1.2 TLSv1.3|include-protocols: no protocol is left",
                "include-cipher-suites|TLS_NO_SUCH|include-cipher-suites: TLS_NO_SUCH is no cipher suite",
                "client-auth|required|truststore: missing",
                "client-auth|maybe|client-auth: maybe (expected: one of: ",
                "handshakeTimeout|0|handshakeTimeout: 0 (expected: ",
                "maxHandshakes|x|maxHandshakes: x (expected: "
            })
    void aBadValueIsNamedWithItsKey(String key, String value, String message) {
        for (Kind kind : Kind.values()) {
            RecordedProblems problems = new RecordedProblems();
            Map<String, String> values = new HashMap<>(Map.of(kind.portKey, "0", "ssl", "true"));
            values.putAll(Map.of("keystore", store.toString(), "keystore-password", PASSWORD));
            values.put(key, value);
            kind.factory().create(context(), problems.settings(values)).close();

            assertThat(problems.problems()).singleElement().asString().startsWith(message);
        }
    }

    private SyslogTcpSource secured(Kind kind, String... more) throws Exception {
        String[] keys = {"ssl", "true", "keystore", store.toString(), "keystore-password", PASSWORD};
        String[] all = new String[keys.length + more.length];
        System.arraycopy(keys, 0, all, 0, keys.length);
        System.arraycopy(more, 0, all, keys.length, more.length);
        return start(kind, all);
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
        SSLSocket socket = (SSLSocket) client.context()
                .getSocketFactory()
                .createSocket("127.0.0.1", source.boundAddresses().get(0).getPort());
        socket.setSoTimeout(60_000);
        try {
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private long count(String figure) {
        return registry.counter("source.r1." + figure).getCount();
    }
}
