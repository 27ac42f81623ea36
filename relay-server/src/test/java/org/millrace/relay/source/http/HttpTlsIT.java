package org.millrace.relay.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;
import org.millrace.testkit.TlsFixture;

/** The HTTP source over TLS, to the JDK's own client and to sockets. */
class HttpTlsIT {
    private static final String EVENTS = "[{\"headers\":{\"a\":\"1\"},\"body\":\"x\"}]";

    private static TlsFixture tls;

    private final RecordingInlet inlet = new RecordingInlet();
    private final MetricRegistry registry = new MetricRegistry();
    private @Nullable HttpSource source;

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        tls = new TlsFixture(dir);
    }

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
        }
    }

    @Test
    void theJdksOwnClientPostsEvents() throws Exception {
        start(tls.serverKeys());

        assertThat(post(EVENTS).statusCode()).isEqualTo(200);
        assertThat(post("garbage").statusCode()).isEqualTo(400);
        assertThat(inlet.bodies()).containsExactly("x");
        assertThat(count("tlsHandshakes")).isPositive();
    }

    @Test
    void theNamesOfFlumesFirstVersionsStillWork() throws Exception {
        start(
                "enableSSL",
                "true",
                "keystore",
                tls.store().toString(),
                "keystorePassword",
                PASSWORD,
                "excludeProtocols",
                "SSLv3");

        assertThat(post(EVENTS).statusCode()).isEqualTo(200);
    }

    /** More than the sockets hold: it comes to its end only if it is read, though its sender has been refused. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoSendsTooMuchHearsOfItAndOfTheEnd(String protocol) throws Exception {
        start(tls.serverKeys("include-protocols", protocol, "maxRequestBytes", "1000"));
        try (SSLSocket peer = connect()) {
            byte[] request = ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n" + "x".repeat(400_000))
                    .getBytes(StandardCharsets.US_ASCII);
            peer.getOutputStream().write(request);

            String answer = new String(peer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void aPlainClientOfATlsSourceIsDisconnectedAndCounted() throws Exception {
        start(tls.serverKeys());
        try (Socket plain = new Socket(
                InetAddress.getLoopbackAddress(), source.boundAddress().getPort())) {
            plain.setSoTimeout(60_000);
            plain.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            await().until(() -> count("connectionsRefused.tls") == 1);
        }
        assertThat(post(EVENTS).statusCode()).isEqualTo(200);
    }

    @Test
    void aTlsClientOfAPlainSourceIsDisconnectedAndCounted() throws Exception {
        start();
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);

        assertThat(count("connectionsRefused.tls")).isEqualTo(1);
        assertThat(count("requestsRefused.400")).isZero();
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("org.millrace.testkit.TlsFixture#badValuesOfAServer")
    void aBadValueIsNamedWithItsKey(String key, String value, String message) {
        Map<String, String> others = Map.of("port", "0");
        tls.assertNamed(key, value, message, others, settings -> HttpSettings.read(context(), settings));
    }

    private SourceContext context() {
        return new SourceContext("a1", "r1", inlet, new SourceMetrics("r1", registry), InstantSource.system());
    }

    private void start(String... keysAndValues) throws Exception {
        Map<String, String> values = new HashMap<>(Map.of("bind", "127.0.0.1", "port", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        source = (HttpSource) new HttpSourceFactory().create(context(), problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        source.start();
    }

    private HttpResponse<String> post(String content) throws Exception {
        URI uri = URI.create("https://127.0.0.1:" + source.boundAddress().getPort() + "/");
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(60))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(BodyPublishers.ofString(content))
                .build();
        return HttpClient.newBuilder()
                .sslContext(tls.client().context())
                .build()
                .send(request, BodyHandlers.ofString());
    }

    private SSLSocket connect() throws IOException {
        return tls.connect(source.boundAddress().getPort());
    }

    private long count(String figure) {
        return registry.counter("source.r1." + figure).getCount();
    }
}
