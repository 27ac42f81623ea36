package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import com.codahale.metrics.MetricRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink.Drain;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.TestCertificates;
import org.millrace.testkit.TlsFixture;

/** Source and sink over TLS: with each other, with the JDK's own sockets, and with who speaks without. */
class ThriftTlsIT {
    private static TlsFixture tls;

    private final CallWriter writer = new CallWriter(WireProtocol.COMPACT, 1 << 24);
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        tls = new TlsFixture(dir);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void eventsPassFromOurSinkToOurSource(String protocol) throws Exception {
        try (SourceUnderTest source = source("include-protocols", protocol);
                FakeChannel channel = new FakeChannel("c1")) {
            ThriftSink sink = sink(channel, source.port(), "batch-size", "100", "request-timeout", "60000");
            for (int i = 0; i < 10; i++) {
                channel.submit(Batches.of(
                        IntStream.range(0, 100).mapToObj(n -> "event " + n).toArray(String[]::new)));
            }
            channel.submit(Batches.of("x".repeat(1_000_000)));
            while (sink.drain() != Drain.IDLE) {
                assertThat(metrics.eventWriteFails.getCount()).isZero();
            }
            sink.close();

            assertThat(source.inlet.bodies()).hasSize(1001).endsWith("x".repeat(1_000_000));
            assertThat(channel.bodies()).isEmpty();
            assertThat(source.count("tlsHandshakes")).isEqualTo(1);
            assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        }
    }

    @Test
    void theJdksOwnClientIsAnswered() throws Exception {
        try (SourceUnderTest source = source();
                SSLSocket socket = connect(source)) {
            socket.getOutputStream().write(frame("one", "two"));

            assertThat(reply(socket)).isEqualTo(new Reply(1, null));
            assertThat(source.inlet.bodies()).containsExactly("one", "two");
        }
    }

    @Test
    void whoShowsNoCertificateIsTurnedAwayWhereOneIsRequired() throws Exception {
        try (SourceUnderTest source = source(
                        "client-auth",
                        "required",
                        "truststore",
                        tls.trust().toString(),
                        "truststore-password",
                        PASSWORD);
                FakeChannel channel = new FakeChannel("c1")) {
            ThriftSink nobody = sink(channel, source.port());
            channel.submit(Batches.of("I am nobody"));
            assertThatThrownBy(() -> drainTwice(nobody)).isInstanceOf(DeliveryException.class);
            nobody.close();
            await().until(() -> source.count("connectionsRefused.tls") > 0);
            assertThat(channel.bodies()).containsExactly("I am nobody");

            ThriftSink known = sink(
                    channel,
                    source.port(),
                    "keystore",
                    tls.client().store("PKCS12").toString(),
                    "keystore-password",
                    PASSWORD,
                    "keystore-type",
                    "PKCS12");
            drainTwice(known);
            known.close();
            assertThat(source.inlet.bodies()).containsExactly("I am nobody");
        }
    }

    @Test
    void aSourceThatIsNotTrustedIsNamedWithTheReason(@TempDir Path dir) throws Exception {
        Path others = new TestCertificates(dir, "others").trust("JKS");
        try (SourceUnderTest source = source();
                FakeChannel channel = new FakeChannel("c1")) {
            ThriftSink sink = sink(channel, source.port(), "truststore", others.toString());
            channel.submit(Batches.of("one"));

            assertThatThrownBy(() -> drainTwice(sink))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("no connection to 127.0.0.1:" + source.port())
                    .hasMessageContaining("TLS: the peer's certificate is not trusted");
            sink.close();
            assertThat(channel.bodies()).containsExactly("one");
            await().until(() -> source.count("connectionsRefused.tls") > 0);
        }
    }

    @Test
    void anotherHostThanItsCertificateNamesIsRefusedWhereThatIsAskedFor() throws Exception {
        Path elsewhere = tls.authority().issueFor("elsewhere.example").store("JKS");
        try (SourceUnderTest source = source("keystore", elsewhere.toString());
                FakeChannel channel = new FakeChannel("c1")) {
            ThriftSink strict = sink(channel, source.port(), "verify-hostname", "true");
            channel.submit(Batches.of("one"));
            assertThatThrownBy(() -> drainTwice(strict)).hasMessageContaining("TLS: ");
            strict.close();

            ThriftSink asFlume = sink(channel, source.port());
            drainTwice(asFlume);
            asFlume.close();
            assertThat(source.inlet.bodies()).containsExactly("one");
        }
    }

    @Test
    void aPlainClientOfATlsSourceIsDisconnectedAndHarmsNobody() throws Exception {
        try (SourceUnderTest source = source();
                SSLSocket good = connect(source);
                PeerConnection plain = source.connect()) {
            SourceUnderTest.send(plain, writer, "one");

            assertThatThrownBy(() -> SourceUnderTest.receive(plain)).isInstanceOf(IOException.class);
            await().until(() -> source.count("connectionsRefused.tls") == 1);
            good.getOutputStream().write(frame("two"));
            assertThat(reply(good).isOk()).isTrue();
            assertThat(source.inlet.bodies()).containsExactly("two");
        }
    }

    @Test
    void aTlsClientOfAPlainSourceIsDisconnectedAndCounted() throws Exception {
        try (SourceUnderTest source = new SourceUnderTest()) {
            assertThatThrownBy(() -> connect(source).close()).isInstanceOf(IOException.class);

            assertThat(source.count("connectionsRefused.tls")).isEqualTo(1);
            assertThat(source.count("framesRefused.limit")).isZero();
        }
    }

    @Test
    void aPeerThatHangsUpDuringTheHandshakeIsAFailureInWords() throws Exception {
        try (SSLServerSocket server = tls.authority().issue("brief").listen();
                FakeChannel channel = new FakeChannel("c1")) {
            Thread acceptor = new Thread(() -> {
                try {
                    server.accept().close();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            acceptor.start();
            PeerLink link = new PeerLink(context(channel), settings(server.getLocalPort()));

            assertThatThrownBy(link::connect).hasMessageContaining("no connection to 127.0.0.1");
            acceptor.join(60_000);
            assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
        }
    }

    @Test
    void whoClosesSaysSo() throws Exception {
        try (SSLServerSocket server = tls.authority().issue("polite").listen();
                FakeChannel channel = new FakeChannel("c1")) {
            List<Integer> ends = new ArrayList<>();
            Thread acceptor = new Thread(() -> {
                try (SSLSocket peer = (SSLSocket) server.accept()) {
                    peer.setSoTimeout(60_000);
                    ends.add(peer.getInputStream().read()); // without the word, a failure
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            acceptor.start();
            PeerLink link = new PeerLink(context(channel), settings(server.getLocalPort()));
            link.connect();
            link.close();
            acceptor.join(60_000);

            assertThat(ends).containsExactly(-1);
        }
    }

    @ParameterizedTest(name = "{0} = {1}")
    @MethodSource("org.millrace.testkit.TlsFixture#badValuesOfAServer")
    void aBadValueOfTheSourceIsNamedWithItsKey(String key, String value, String message) {
        tls.assertNamed(key, value, message, Map.of("bind", "127.0.0.1", "port", "0"), ThriftSourceSettings::read);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ssl|yes|ssl: yes (expected: true or false)",
                "truststore|no-such-file|truststore: no-such-file: there is no such file",
                "truststore-password|guess|truststore-password: does not open ",
                "truststore-type|CABINET|truststore-type: CABINET (expected: PEM, ",
                "trust-all-certs|maybe|trust-all-certs: maybe (expected: true or false)",
                "verify-hostname|maybe|verify-hostname: maybe (expected: true or false)",
                "keystore|no-such-file|keystore-password: missing (expected: a password)",
                "include-protocols|TLSv7|include-protocols: TLSv7 is no protocol of this JDK",
                "exclude-protocols|TLSv1.2 TLSv1.3|include-protocols: no protocol is left",
                "include-cipher-suites|TLS_NO_SUCH|include-cipher-suites: TLS_NO_SUCH is no cipher suite"
            })
    void aBadValueOfTheSinkIsNamedWithItsKey(String key, String value, String message) {
        RecordedProblems problems = new RecordedProblems();
        Map<String, String> values = new HashMap<>(Map.of("hostname", "h", "port", "4141", "ssl", "true"));
        values.putAll(Map.of("truststore", tls.trust().toString(), "truststore-password", PASSWORD));
        values.put(key, value);
        ThriftSinkSettings.read(problems.settings(values));

        assertThat(problems.problems()).singleElement().asString().startsWith(message);
    }

    private static void drainTwice(ThriftSink sink) throws DeliveryException, InterruptedException {
        sink.drain(); // sends
        sink.drain(); // and hears the answer
    }

    private static SourceUnderTest source(String... more) throws Exception {
        return new SourceUnderTest(tls.serverKeys(more));
    }

    private ThriftSink sink(FakeChannel channel, int port, String... more) throws StartException {
        SinkContext context = context(channel);
        DeadLetters none = DeadLetters.read(context, new RecordedProblems().settings(Map.of()));
        ThriftSink sink = new ThriftSink(context, settings(port, more), none);
        sink.start();
        return sink;
    }

    private SinkContext context(FakeChannel channel) {
        return new SinkContext("a1", "k1", channel, metrics, InstantSource.system());
    }

    private static ThriftSinkSettings settings(int port, String... more) {
        Map<String, String> values = new HashMap<>(Map.of(
                "hostname",
                "127.0.0.1",
                "port",
                Integer.toString(port),
                "ssl",
                "true",
                "truststore",
                tls.trust().toString(),
                "truststore-password",
                PASSWORD));
        for (int i = 0; i < more.length; i += 2) {
            values.put(more[i], more[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        ThriftSinkSettings settings = ThriftSinkSettings.read(problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        return settings;
    }

    private static SSLSocket connect(SourceUnderTest source) throws IOException {
        return tls.connect(source.port());
    }

    private byte[] frame(String... bodies) {
        EventBatch batch = Batches.of(bodies);
        ByteBuf frame = Unpooled.buffer();
        writer.write(List.of(batch), frame);
        batch.release();
        return ByteBufUtil.getBytes(frame);
    }

    private static Reply reply(SSLSocket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return Reply.read(Unpooled.wrappedBuffer(in.readNBytes(in.readInt())), WireProtocol.COMPACT);
    }
}
