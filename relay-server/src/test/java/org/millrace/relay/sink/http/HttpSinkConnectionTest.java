package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.process.HttpRecorder.answer;

import java.io.InputStream;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.HttpRecorder;

/** Servers that are not there, hang up, do not answer or are not trusted: no event is lost for it. */
class HttpSinkConnectionTest extends HttpSinkFixture {
    @Test
    void aServerThatClosesBehindEachAnswerGetsEachEventOnce() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200, "Connection: close\r\n", ""));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b", "c", "d");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b", "c", "d");
            assertThat(server.connections()).isEqualTo(4);
        }
        assertThat(metrics.eventWriteFails.getCount()).isZero();
    }

    @Test
    void afterAConnectionThatWasClosedInOrderTheNextGetsSeveralRequestsAtOnceAgain() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> switch (request.body()) {
                    case "a" -> answer(200, "Connection: close\r\n", "");
                    case "c", "g" -> {
                        await().until(request.followed()::isThere);
                        yield answer(200);
                    }
                    default -> answer(200);
                });
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b", "c", "d");
            drainAll(sink);
            submit("e", "f", "g", "h");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aConnectionThatEndsWithoutAnAnswerLeavesInTheChannelWhatHadNone() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> request.body().equals("b") ? null : answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b", "c");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("2 events are back in the channel");
            assertThat(channel.bodies()).containsExactly("b", "c");
        }
        assertThat(metrics.eventWriteFails.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void afterAFailureOneRequestIsTriedBeforeThereAreSeveralAgain() throws Exception {
        boolean[] fails = {true};
        try (HttpRecorder server = new HttpRecorder(request -> fails[0] ? null : answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b", "c", "d");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            fails[0] = false;
            sink.drain();
            assertThat(channel.bodies()).containsExactly("b", "c", "d");
            sink.drain();
            assertThat(channel.bodies()).containsExactly("d");
        }
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIsGivenUp() throws Exception {
        CountDownLatch isOver = new CountDownLatch(1);
        try (HttpRecorder server = new HttpRecorder(request -> {
                    awaitQuietly(isOver);
                    return null;
                });
                Sink sink = started(server, "/", and(SENSIBLE, "requestTimeout", "50"))) {
            submit("a");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasRootCauseMessage("no answer within 50 ms");
            assertThat(channel.bodies()).containsExactly("a");
            isOver.countDown();
        }
    }

    @Test
    void aServerThatIsNotThereFailsTheTurn() throws Exception {
        String nobody = "http://127.0.0.1:" + FreePorts.next() + "/";
        try (Sink sink = started(nobody, SENSIBLE, SSLContext.getDefault())) {
            submit("a");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("1 events are back in the channel");
            assertThat(channel.bodies()).containsExactly("a");
        }
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(1);
    }

    @Test
    void aConnectionThatNobodyWaitsForAnyMoreIsClosed() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            CompletableFuture<Void> accept = new CompletableFuture<>();
            lateAccept = accept;
            submit("a");
            Thread.currentThread().interrupt();
            assertThatThrownBy(sink::drain).isInstanceOf(InterruptedException.class);

            accept.complete(null);
            lateAccept = null;
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a");
            await().until(() -> server.openConnections() == 1);
        }
    }

    @Test
    void overTlsTheCertificateHasToBeTrustedAndOfTheHost() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = HttpSinkConnectionTest.class.getResourceAsStream("/localhost.p12")) {
            store.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "changeit".toCharArray());
        SSLContext serverSide = SSLContext.getInstance("TLS");
        serverSide.init(keys.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("test", store.getCertificate("test"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);
        try (HttpRecorder server = new HttpRecorder(serverSide.getServerSocketFactory(), request -> answer(200))) {
            submit("a");
            String byName = "https://localhost:" + server.port() + "/";
            try (Sink sink = started(byName, SENSIBLE, SSLContext.getDefault())) {
                assertThatThrownBy(sink::drain)
                        .rootCause()
                        .hasMessageContaining("unable to find valid certification path");
            }
            try (Sink sink = started(byName.replace("localhost", "127.0.0.1"), SENSIBLE, trusting)) {
                assertThatThrownBy(sink::drain).rootCause().hasMessageContaining("No subject alternative names");
            }
            try (Sink sink = started(byName, SENSIBLE, trusting)) {
                drainAll(sink);
            }
            assertThat(server.bodies()).containsExactly("a");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
