package org.millrace.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.TestCertificates.PASSWORD;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.testkit.TestCertificates;

/** Real sockets, and the JDK's clients. */
class ServerTlsTest {

    private static TestCertificates authority;
    private static Path store;
    private static Path otherStore;

    @TempDir
    private Path directory;

    @BeforeAll
    static void issue(@TempDir Path dir) throws Exception {
        authority = new TestCertificates(dir);
        store = authority.issue("server").store("PKCS12");
        otherStore = authority.issue("other").store("PKCS12");
    }

    private static EchoServer server(Object... keysAndValues) throws Exception {
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", store, "keystore-password", PASSWORD);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            keys.set(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        ServerTls tls = keys.server();
        assertThat(keys.problems).isEmpty();
        return new EchoServer(tls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whatIsSaidGoesBothWays(String protocol) throws Exception {
        try (EchoServer server = server();
                Peer peer = new Peer(server.port(), null, protocol)) {
            assertThat(peer.isEchoed("hello")).isTrue();
            assertThat(peer.isEchoed("x".repeat(100_000))).isTrue();
            assertThat(peer.server()).isEqualTo("CN=server");
            assertThat(server.secured).hasValue(1);
            assertThat(server.refusals).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\0\0\0\1\0\0\0\2", "\u0016\u0016\u0003", "x\u009c"})
    void whoSpeaksWithoutTlsIsRefusedInWords(String said) throws Exception {
        try (EchoServer server = server();
                Socket plain = Peer.plain(server.port())) {
            plain.getOutputStream().write(said.getBytes(ISO_8859_1));

            assertThat(Peer.isClosed(plain)).isTrue();
            await().until(() -> server.refusals.size() == 1);
            assertThat(server.refusals).containsExactly("the peer spoke without TLS");
            assertThat(server.strays).isEmpty();
        }
    }

    @Test
    void whoBeginsAsTlsAndGoesOnWithGarbageIsRefused() throws Exception {
        Random random = new Random(7);
        try (EchoServer server = server()) {
            for (int i = 0; i < 50; i++) {
                byte[] garbage = new byte[200];
                random.nextBytes(garbage);
                garbage[0] = 0x16;
                garbage[1] = 3;
                garbage[2] = 1;
                garbage[3] = 0;
                garbage[4] = 100;
                try (Socket plain = Peer.plain(server.port())) {
                    plain.getOutputStream().write(garbage);
                    assertThat(Peer.isClosed(plain)).isTrue();
                }
            }
            await().until(() -> server.refusals.size() == 50);
            assertThat(server.strays).isEmpty();
            await().until(() -> server.open() == 0);
        }
    }

    @Test
    void aHandshakeCutAtAnyByteLeavesNothingBehind() throws Exception {
        byte[] hello = ClientHello.bytes();
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", store, "keystore-password", PASSWORD);
        ServerTls tls = keys.server();
        try (EchoServer server = new EchoServer(tls)) {
            for (int cut = 0; cut <= hello.length; cut++) {
                try (Socket plain = Peer.plain(server.port())) {
                    plain.getOutputStream().write(hello, 0, cut);
                }
            }
            int halfway = hello.length - 1; // with fewer than two bytes it is not known yet what it was to be
            await().until(() -> server.refusals.size() == halfway && server.open() == 0);
            assertThat(server.refusals).allMatch(why -> why.contains("hung up during the handshake"));
            assertThat(server.strays).isEmpty();
            assertThat(tls.handshakes()).isZero();
            try (Peer peer = new Peer(server.port())) {
                assertThat(peer.isEchoed("hello")).isTrue();
            }
        }
    }

    @Test
    void aHandshakeThatComesByteByByteIsUnderstood() throws Exception {
        byte[] hello = ClientHello.bytes();
        try (EchoServer server = server();
                Socket plain = Peer.plain(server.port())) {
            OutputStream out = plain.getOutputStream();
            plain.setTcpNoDelay(true);
            for (byte each : hello) {
                out.write(each);
            }
            assertThat(plain.getInputStream().read())
                    .as("a record of the handshake")
                    .isEqualTo(0x16);
        }
    }

    @ParameterizedTest(name = "after {0} bytes")
    @ValueSource(ints = {0, 1, 2, 100, Integer.MAX_VALUE})
    void whoStopsHalfwayIsDisconnectedWhenTheTimeIsOver(int bytes) throws Exception {
        byte[] hello = ClientHello.bytes();
        try (EchoServer server = server("handshakeTimeout", "1");
                Socket plain = Peer.plain(server.port())) {
            plain.getOutputStream().write(hello, 0, Math.min(bytes, hello.length));

            assertThat(Peer.isClosed(plain)).isTrue();
            await().until(() -> server.refusals.size() == 1);
            assertThat(server.refusals).containsExactly("no TLS handshake within 1000 ms");
        }
    }

    @Test
    void noMoreHandshakesAreUnderWayThanThereAreSlotsAndWhoWaitsHasHisTurn() throws Exception {
        byte[] hello = ClientHello.bytes();
        FakeKeys keys = new FakeKeys("ssl", "true", "keystore", store, "keystore-password", PASSWORD);
        ServerTls tls =
                keys.set("maxHandshakes", "3").set("handshakeTimeout", "3600").server();
        List<Socket> slow = new ArrayList<>();
        try (EchoServer server = new EchoServer(tls)) {
            for (int i = 0; i < 50; i++) {
                Socket plain = Peer.plain(server.port());
                plain.getOutputStream().write(hello);
                slow.add(plain);
            }
            await().until(() -> server.open() == 50 && tls.handshakes() == 3);
            assertThat(server.refusals).isEmpty();
            for (Socket plain : slow) {
                plain.close();
            }
            try (Peer peer = new Peer(server.port())) {
                assertThat(peer.isEchoed("hello")).isTrue();
            }
            await().until(() -> server.open() == 0 && tls.handshakes() == 0);
        }
    }

    @Test
    void aPeerThatFloodsBeforeItsTurnIsRefused() throws Exception {
        byte[] hello = ClientHello.bytes();
        try (EchoServer server = server("maxHandshakes", "1", "handshakeTimeout", "3600");
                Socket first = Peer.plain(server.port());
                Socket flood = Peer.plain(server.port())) {
            first.getOutputStream().write(hello);
            await().until(() -> first.getInputStream().available() > 0);
            byte[] much = Arrays.copyOf(hello, 1 << 20);
            Thread writer = new Thread(() -> {
                try {
                    flood.getOutputStream().write(much);
                } catch (IOException e) {
                    // as it should be
                }
            });
            writer.start();
            await().until(() -> !server.refusals.isEmpty());
            assertThat(server.refusals).containsExactly("the peer sent more than a handshake begins with");
            writer.join();
            assertThat(server.strays).isEmpty();
        }
    }

    @Test
    void leavingClosesWhoHasNotShakenHandsAndTellsTheOthers() throws Exception {
        try (EchoServer server = server("handshakeTimeout", "3600");
                Socket silent = Peer.plain(server.port());
                Socket halfway = Peer.plain(server.port());
                Peer through = new Peer(server.port())) {
            halfway.getOutputStream().write(ClientHello.bytes());
            assertThat(through.isEchoed("hello")).isTrue();
            await().until(() -> server.open() == 3 && halfway.getInputStream().available() > 0);

            server.leave();

            assertThat(Peer.isClosed(silent)).isTrue();
            assertThat(Peer.isClosed(halfway)).isTrue();
            assertThat(through.isEchoed("still here")).isTrue();
        }
    }

    @Test
    void aPeerWithoutACertificateIsTurnedAwayWhereOneIsRequired() throws Exception {
        Path trust = authority.trust("JKS");
        Path client = authority.issue("client").store("PKCS12");
        // of an authority of the same name
        Path strange = new TestCertificates(directory).issue("mallory").store("PKCS12");
        try (EchoServer server = server("client-auth", "required", "truststore", trust)) {
            try (Peer known = new Peer(server.port(), client)) {
                assertThat(known.isEchoed("hello")).isTrue();
            }
            try (Peer nobody = new Peer(server.port());
                    Peer stranger = new Peer(server.port(), strange)) {
                assertThat(nobody.isTurnedAway()).isTrue();
                assertThat(stranger.isTurnedAway()).isTrue();
            }
            await().until(() -> server.refusals.size() == 2);
            assertThat(server.refusals)
                    .anyMatch(why -> why.startsWith("the peer showed no certificate"))
                    .anyMatch(why -> why.startsWith("the peer's certificate is not trusted"))
                    .hasSize(2);
        }
    }

    @Test
    void aPeerWithoutACertificateIsLetInWhereOneIsWanted() throws Exception {
        try (EchoServer server = server("client-auth", "wanted", "truststore", authority.trust("JKS"));
                Peer nobody = new Peer(server.port())) {
            assertThat(nobody.isEchoed("hello")).isTrue();
        }
    }

    @Test
    void anExpiredCertificateOfAPeerIsRefusedInWords() throws Exception {
        Path old = authority.issueExpired("old").store("PKCS12");
        try (EchoServer server = server("client-auth", "required", "truststore", authority.trust("JKS"));
                Peer peer = new Peer(server.port(), old)) {
            assertThat(peer.isTurnedAway()).isTrue();
            await().until(() -> !server.refusals.isEmpty());
            assertThat(server.refusals).singleElement().asString().startsWith("the peer's certificate has expired");
        }
    }

    @Test
    void twoEndsWithoutACommonProtocolAreToldSo() throws Exception {
        try (EchoServer server = server("include-protocols", "TLSv1.3");
                Peer old = new Peer(server.port(), null, "TLSv1.2")) {
            assertThat(old.isTurnedAway()).isTrue();
            await().until(() -> !server.refusals.isEmpty());
            assertThat(server.refusals).singleElement().asString().contains("no protocol in common");
        }
    }

    @Test
    void aChangedStoreIsUsedFromTheNextConnectionOnAndABadOneIsNot() throws Exception {
        Path file = Files.copy(store, directory.resolve("server.p12"));
        try (EchoServer server = server("keystore", file);
                Peer before = new Peer(server.port())) {
            assertThat(before.isEchoed("a")).isTrue();
            assertThat(before.server()).isEqualTo("CN=server");

            replace(file, otherStore);
            assertThat(nextServer(server, () -> !server.reloads.isEmpty())).isEqualTo("CN=other");
            assertThat(server.reloads).containsExactly(file.toString());
            assertThat(before.isEchoed("b")).as("who is in stays in").isTrue();

            Path bad = Files.writeString(directory.resolve("bad"), "no store");
            replace(file, bad);
            assertThat(nextServer(server, () -> !server.failedReloads.isEmpty()))
                    .isEqualTo("CN=other");
            assertThat(server.failedReloads)
                    .singleElement()
                    .asString()
                    .startsWith("keystore: " + file + " is damaged, or no store");

            replace(file, store);
            assertThat(nextServer(server, () -> server.reloads.size() == 2)).isEqualTo("CN=server");
            assertThat(server.failedReloads).hasSize(1);
        }
    }

    /** Connects until a look at the files has come to something; the connection that caused it has the outcome already. */
    private static String nextServer(EchoServer server, Callable<Boolean> looked) throws Exception {
        String[] last = new String[1];
        await().until(() -> {
            try (Peer peer = new Peer(server.port())) {
                assertThat(peer.isEchoed("x")).isTrue();
                last[0] = peer.server();
                return looked.call();
            }
        });
        return last[0];
    }

    private static void replace(Path file, Path content) throws Exception {
        Path next = Files.copy(content, file.resolveSibling("next"), StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(next, FileTime.fromMillis(System.currentTimeMillis() + 1));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aSecuredPeerThatSendsGarbageIsRefusedInWords() throws Exception {
        try (EchoServer server = server();
                Socket plain = Peer.plain(server.port());
                SSLSocket layered = Peer.over(plain)) {
            layered.startHandshake();
            await().until(() -> server.secured.get() == 1);

            plain.getOutputStream().write("no record of TLS".getBytes(US_ASCII));

            assertThat(Peer.isClosed(plain)).isTrue();
            await().until(() -> !server.refusals.isEmpty());
            assertThat(server.refusals).containsExactly("the peer spoke without TLS");
            assertThat(server.strays).isEmpty();
        }
    }
}
