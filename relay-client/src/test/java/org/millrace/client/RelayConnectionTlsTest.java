package org.millrace.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.client.ConnectionSettings.CompressionLayer;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeRelay;
import org.millrace.testkit.TestCertificates;
import org.millrace.tls.ClientTls;

/** Against the JDK's servers. */
class RelayConnectionTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final EventLoops LOOPS = EventLoops.ofThreads(1);

    private static TestCertificates authority;
    private static TestCertificates.Issued server;
    private static TestCertificates.Issued elsewhere;
    private static TestCertificates.Issued expired;
    private static Path trust;

    @BeforeAll
    static void issue(@TempDir Path dir) throws IOException {
        authority = new TestCertificates(dir);
        server = authority.issue("server");
        elsewhere = authority.issueFor("elsewhere.example");
        expired = authority.issueExpired("expired");
        trust = authority.trust("JKS");
    }

    @AfterAll
    static void close() {
        LOOPS.close();
    }

    @Test
    void eventsGoThroughTls() throws Exception {
        deliverTo(server, Map.of("verify-hostname", "true"));
    }

    @Test
    void thePeersNameCountsOnlyIfItIsToBeVerified() throws Exception {
        deliverTo(elsewhere, Map.of());
        assertRefused(
                elsewhere,
                Map.of("verify-hostname", "true"),
                "cannot connect: TLS: the peer's certificate is not accepted",
                "127.0.0.1");
    }

    @Test
    void anExpiredCertificateIsRefusedInWordsUnlessAllAreTrusted() throws Exception {
        assertRefused(expired, Map.of(), "TLS: the peer's certificate has expired");
        deliverTo(expired, Map.of("trust-all-certs", "true"));
    }

    @Test
    void aStrangersCertificateIsRefusedInWords(@TempDir Path other) throws Exception {
        TestCertificates.Issued stranger = new TestCertificates(other, "stranger").issue("server");
        assertRefused(stranger, Map.of(), "TLS: the peer's certificate is not trusted");
    }

    @Test
    void ourOwnCertificateIsShownToWhoAsksForIt() throws Exception {
        Path own = authority.issue("client").store("PKCS12");
        Map<String, String> keys =
                Map.of("keystore", own.toString(), "keystore-password", PASSWORD, "keystore-type", "PKCS12");
        try (SSLServerSocket socket = server.listen();
                FakeRelay relay = new FakeRelay(socket)) {
            socket.setNeedClientAuth(true);
            deliver(relay, keys);
        }
    }

    @Test
    void aPeerThatSpeaksWithoutTlsIsToldOfInWords() throws Exception {
        try (FakeRelay plain = new FakeRelay()) {
            CompletableFuture<RelayConnection> connecting = connect(plain.port(), Map.of(), PATIENCE);
            plain.accept().write("a greeting of its own".getBytes(US_ASCII));

            assertFails(connecting, "cannot connect: TLS: the peer spoke without TLS");
        }
    }

    @Test
    void aPeerThatHangsUpIsToldOfInWords() throws Exception {
        try (FakeRelay plain = new FakeRelay()) {
            CompletableFuture<RelayConnection> connecting = connect(plain.port(), Map.of(), PATIENCE);
            plain.accept().closeConnection();

            assertFails(connecting, "cannot connect: TLS: the peer hung up during the handshake");
        }
    }

    @Test
    void aPeerThatSaysNothingIsGivenUpWithinTheConnectTimeout() throws Exception {
        try (FakeRelay plain = new FakeRelay()) {
            assertFails(
                    connect(plain.port(), Map.of(), Duration.ofMillis(300)),
                    "cannot connect: TLS: handshake timed out");
        }
    }

    @Test
    void aHandshakeCutAnywhereFailsTheConnectionAndNothingElse() throws Exception {
        try (SSLServerSocket socket = server.listen();
                CuttingProxy proxy = new CuttingProxy(socket.getLocalPort())) {
            Thread accepting = new Thread(() -> handshakes(socket));
            accepting.start();
            int failures = 0;
            for (int bytes = 0; bytes < 3_000; bytes += 211) {
                proxy.cutAfter(bytes);
                CompletableFuture<RelayConnection> connecting = connect(proxy.port(), Map.of(), PATIENCE);
                try (RelayConnection connection = connecting.get(60, TimeUnit.SECONDS)) {
                    assertThat(bytes).as("all of the handshake").isGreaterThan(1_000);
                } catch (ExecutionException e) {
                    failures++;
                    assertThat(e.getCause())
                            .isInstanceOf(RelayException.class)
                            .hasMessageContaining("cannot connect: TLS: ");
                }
            }
            assertThat(failures).isGreaterThan(5);
            socket.close();
            accepting.join();
        }
    }

    private static void handshakes(SSLServerSocket socket) {
        while (!socket.isClosed()) {
            try (Socket peer = socket.accept()) {
                peer.getInputStream().read();
            } catch (IOException e) {
                // cut off, as it should be; or closed
            }
        }
    }

    @Test
    void aChangedTruststoreIsUsedFromTheNextConnectionOn(@TempDir Path other) throws Exception {
        TestCertificates stranger = new TestCertificates(other, "stranger");
        Path file = Files.copy(trust, other.resolve("trust"));
        ClientTls tls = ClientTls.of(Map.of("truststore", file.toString(), "truststore-password", PASSWORD));
        try (SSLServerSocket socket = stranger.issue("server").listen();
                FakeRelay relay = new FakeRelay(socket)) {
            Thread accepting = new Thread(() -> handshakes(socket));
            accepting.start();
            assertFails(connect(relay.port(), tls, PATIENCE), "is not trusted");

            Files.writeString(file, "no store");
            await().until(() ->
                    failure(connect(relay.port(), tls, PATIENCE)).contains("a store has changed and is not used"));

            Files.copy(stranger.trust("JKS"), file, StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> failure(connect(relay.port(), tls, PATIENCE)).isEmpty());
            relay.close();
            accepting.join();
        }
    }

    private static String failure(CompletableFuture<RelayConnection> connecting) throws Exception {
        try (RelayConnection connection = connecting.get(60, TimeUnit.SECONDS)) {
            return connection.isOpen() ? "" : "closed";
        } catch (ExecutionException e) {
            return e.getCause().getMessage();
        }
    }

    private static void deliverTo(TestCertificates.Issued issued, Map<String, String> keys) throws Exception {
        try (FakeRelay relay = new FakeRelay(issued.listen())) {
            deliver(relay, keys);
        }
    }

    private static void deliver(FakeRelay relay, Map<String, String> keys) throws Exception {
        CompletableFuture<RelayConnection> connecting = connect(relay.port(), keys, PATIENCE);
        CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> {
            try {
                relay.answerFirstOk(relay.accept().readRequest().serial());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        EventBatch batch = Batches.of("hello");
        try (RelayConnection connection = connecting.get(60, TimeUnit.SECONDS)) {
            connection.append(List.of(batch)).get(60, TimeUnit.SECONDS);
            answering.get(60, TimeUnit.SECONDS);
        } finally {
            batch.release();
        }
    }

    private static void assertRefused(TestCertificates.Issued issued, Map<String, String> keys, String... words)
            throws Exception {
        try (SSLServerSocket socket = issued.listen()) {
            Thread accepting = new Thread(() -> handshakes(socket));
            accepting.start();
            assertFails(connect(socket.getLocalPort(), keys, PATIENCE), words);
            socket.close();
            accepting.join();
        }
    }

    private static void assertFails(CompletableFuture<RelayConnection> connecting, String... words) {
        assertThatThrownBy(() -> connecting.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(RelayException.class)
                .hasMessageContainingAll(words);
    }

    private static CompletableFuture<RelayConnection> connect(int port, Map<String, String> keys, Duration timeout) {
        Map<String, String> all =
                new HashMap<>(Map.of("truststore", trust.toString(), "truststore-password", PASSWORD));
        all.putAll(keys);
        return connect(port, ClientTls.of(all), timeout);
    }

    private static CompletableFuture<RelayConnection> connect(int port, ClientTls tls, Duration timeout) {
        ConnectionSettings settings = new ConnectionSettings(timeout, PATIENCE, OptionalInt.empty())
                .withTls(tls, CompressionLayer.OUTSIDE_TLS);
        return RelayConnection.connect(new RelayAddress("127.0.0.1", port), settings, LOOPS);
    }

    /** Hands a connection on to a port, and cuts it after so many bytes of the answer. */
    private static final class CuttingProxy implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Thread thread;
        private volatile int bytes;

        CuttingProxy(int target) throws IOException {
            thread = new Thread(() -> run(target));
            thread.start();
        }

        int port() {
            return listening.getLocalPort();
        }

        void cutAfter(int some) {
            bytes = some;
        }

        private void run(int target) {
            while (!listening.isClosed()) {
                try (Socket client = listening.accept();
                        Socket there = new Socket(InetAddress.getLoopbackAddress(), target)) {
                    Thread asking = new Thread(() -> copy(client, there));
                    asking.start();
                    for (int left = bytes; left > 0; left--) {
                        int next = there.getInputStream().read();
                        if (next < 0) {
                            break;
                        }
                        client.getOutputStream().write(next);
                    }
                    client.close();
                    there.close();
                    asking.join();
                } catch (IOException | InterruptedException e) {
                    // the next one
                }
            }
        }

        private static void copy(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // cut
            }
        }

        @Override
        public void close() throws Exception {
            listening.close();
            thread.join();
        }
    }
}
