package org.millrace.relay.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.millrace.testkit.process.HttpRecorder.answer;

import com.codahale.metrics.MetricRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.PromiseNotifier;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;
import org.millrace.testkit.process.FreePorts;
import org.millrace.testkit.process.HttpRecorder;

class HttpSinkTest {
    private static final Map<String, String> SENSIBLE = Map.of(
            "rollback.2XX", "false",
            "backoff.2XX", "false",
            "incrementMetrics.2XX", "true");

    @TempDir
    private Path letters;

    private final FakeChannel channel = new FakeChannel("c1");
    private final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final SinkContext context = new SinkContext("a1", "k1", channel, metrics, new FakeClock());
    private final RecordedProblems recorded = new RecordedProblems();
    private final ReleaseCheck releases = new ReleaseCheck();
    private final List<Duration> pauses = new ArrayList<>();

    /** Where set, the connection is made, and the sink does not hear of it before this completes. */
    private @Nullable CompletableFuture<Void> lateAccept;

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(channel.openTransactions()).isZero();
        channel.close();
        releases.assertAllReleased();
    }

    @Test
    void eachBodyIsPostedInOrderOverOneConnection() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200, "", "thanks"));
                Sink sink = started(server, "/in?tenant=a%20b", SENSIBLE)) {
            submit(IntStream.range(0, 50).mapToObj(i -> "event " + i).toArray(String[]::new));
            drainAll(sink);

            assertThat(server.bodies())
                    .containsExactly(
                            IntStream.range(0, 50).mapToObj(i -> "event " + i).toArray(String[]::new));
            assertThat(server.connections()).isEqualTo(1);
            HttpRecorder.Request first = server.requests().get(0);
            assertThat(first.line()).isEqualTo("POST /in?tenant=a%20b HTTP/1.1");
            assertThat(first.headers())
                    .containsOnly(
                            Map.entry("content-type", "text/plain"),
                            Map.entry("accept", "text/plain"),
                            Map.entry("user-agent", "Millrace"),
                            Map.entry("host", "127.0.0.1:" + server.port()),
                            Map.entry("connection", "keep-alive"),
                            Map.entry("content-length", "7"));
        }
        assertThat(metrics.drainAttempts.getCount()).isEqualTo(50);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(50);
        assertThat(metrics.counter("answers2XX").getCount()).isEqualTo(50);
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void theNextRequestDoesNotWaitForTheAnswerToTheOneBefore() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> {
                    if (request.body().equals("a")) {
                        await().until(request.followed()::isThere);
                    }
                    return answer(200);
                });
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b");
        }
    }

    @Test
    void aTurnTakesAFewMegabytesAndAtLeastOneEvent() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit(IntStream.range(0, 16).mapToObj(i -> "x".repeat(1 << 20)).toArray(String[]::new));
            submit("x".repeat(5 << 20));
            sink.drain();
            assertThat(channel.bodies()).hasSize(13);
            drainAll(sink);
            assertThat(server.requests()).hasSize(17);
        }
    }

    @Test
    void theHeadersAreAsConfigured() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(204));
                Sink sink = started(
                        server, "", and(SENSIBLE, "contentTypeHeader", "application/json", "acceptHeader", "*/*"))) {
            submit("{}");
            drainAll(sink);
            assertThat(server.requests().get(0).line()).isEqualTo("POST / HTTP/1.1");
            assertThat(server.requests().get(0).headers())
                    .contains(Map.entry("content-type", "application/json"), Map.entry("accept", "*/*"));
        }
    }

    @Test
    void withFlumesDefaultsEvenAnEventThatIsAnsweredWellStays() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", Map.of())) {
            submit("a");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("answers 200: 1 events are back in the channel");
            assertThat(channel.bodies()).containsExactly("a");
            assertThat(metrics.drainSuccesses.getCount()).isZero();
        }
        assertThat(recorded.notes()).singleElement().asString().contains("rollback.2XX: true by default, as in Flume");
    }

    @Test
    void anEventThatIsRefusedGoesBackAndThoseBesideItAreGone() throws Exception {
        try (HttpRecorder server =
                        new HttpRecorder(request -> answer(request.body().equals("bad") ? 503 : 200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "bad", "b", "c");
            assertThatThrownBy(sink::drain)
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("answers 503: 1 events are back in the channel");
            assertThat(channel.bodies()).containsExactly("bad");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
        }
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        assertThat(metrics.counter("answers5XX").getCount()).isEqualTo(2);
    }

    @Test
    void aStatusComesBeforeItsClassAndThatBeforeTheDefault() throws Exception {
        Map<String, String> keys = Map.of(
                "defaultRollback", "false",
                "defaultBackoff", "false",
                "rollback.4XX", "true",
                "rollback.404", "false",
                "defaultIncrementMetrics", "true",
                "incrementMetrics.404", "false");
        try (HttpRecorder server = new HttpRecorder(request -> answer(Integer.parseInt(request.body())));
                Sink sink = started(server, "/", keys)) {
            submit("404", "400", "500", "200");
            assertThat(sink.drain()).isEqualTo(Sink.Drain.DELIVERED);
            assertThat(channel.bodies()).containsExactly("400");
            assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
        }
        assertThat(pauses).isEmpty();
    }

    @Test
    void anAnswerThatCallsForAPauseAndLetsTheEventGoIsFollowedByOneThatGrows() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", Map.of("rollback.2XX", "false", "maxInFlight", "1"))) {
            submit("a", "b", "c", "d", "e", "f");
            drainAll(sink);
            assertThat(pauses.stream().map(Duration::toSeconds)).containsExactly(1L, 2L, 3L, 4L, 5L, 5L);
            assertThat(channel.bodies()).isEmpty();
        }
        assertThat(recorded.notes()).singleElement().asString().startsWith("backoff.2XX: true by default");
    }

    @Test
    void anEmptyBodyIsNotSentAndIsGone() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "", "b");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b");
            assertThat(channel.bodies()).isEmpty();
        }
        assertThat(metrics.counter("emptyEvents").getCount()).isEqualTo(1);
    }

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

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 099 low\r\nContent-Length: 0\r\n\r\n"})
    void whatIsNoAnswerClosesTheConnection(String answer) throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> answer);
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(channel.bodies()).containsExactly("a");
        }
    }

    @Test
    void aHeaderThatNeverEndsIsNotKeptInMemory() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\nContent-Length: 0\r\n\r\n";
        try (HttpRecorder server = new HttpRecorder(request -> answer);
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a");
            assertThatThrownBy(sink::drain)
                    .cause()
                    .hasMessageContaining("the answer is malformed")
                    .hasMessageContaining("TooLongHttpHeaderException");
        }
    }

    @Test
    void aProvisionalAnswerIsWaitedOut() throws Exception {
        try (HttpRecorder server = new HttpRecorder(request -> "HTTP/1.1 100 Continue\r\n\r\n" + answer(200));
                Sink sink = started(server, "/", SENSIBLE)) {
            submit("a", "b");
            drainAll(sink);
            assertThat(server.bodies()).containsExactly("a", "b");
        }
        assertThat(metrics.counter("answers2XX").getCount()).isEqualTo(2);
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
    void anEventThatIsNeverTakenIsADeadLetterAfterItsTriesAndOthersGoOn() throws Exception {
        Map<String, String> keys =
                and(SENSIBLE, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "2");
        try (HttpRecorder server =
                        new HttpRecorder(request -> answer(request.body().equals("bad") ? 400 : 200));
                Sink sink = started(server, "/", keys)) {
            submit("bad", "a");
            assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            assertThat(channel.bodies()).containsExactly("bad");
            assertThat(channel.durableCommits()).isZero();
            sink.drain();
            assertThat(channel.bodies()).isEmpty();
            assertThat(channel.durableCommits()).isEqualTo(1);
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        assertThat(letters).isNotEmptyDirectory();
    }

    @Test
    void whileADeadLetterCannotBeWrittenOnlyItsEventIsPostedAgain() throws Exception {
        Map<String, String> keys = and(
                SENSIBLE,
                "deadLetter.directory",
                letters.toString(),
                "deadLetter.maxTries",
                "1",
                "deadLetter.maxBytes",
                "1024");
        String tooLarge = "bad".repeat(1000);
        try (HttpRecorder server =
                        new HttpRecorder(request -> answer(request.body().startsWith("bad") ? 400 : 200));
                Sink sink = started(server, "/", keys)) {
            submit("a", tooLarge, "b");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(sink::drain)
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining("cannot be written to the dead letters");
                assertThat(channel.bodies()).containsExactly(tooLarge);
            }
            assertThat(server.bodies()).containsExactly("a", tooLarge, "b", tooLarge, tooLarge);
        }
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isZero();
    }

    @Test
    void aServerThatIsBusyMakesNoDeadLetters() throws Exception {
        Map<String, String> keys =
                and(SENSIBLE, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "1");
        try (HttpRecorder server = new HttpRecorder(request -> answer(503));
                Sink sink = started(server, "/", keys)) {
            submit("a");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(sink::drain).isInstanceOf(DeliveryException.class);
            }
            assertThat(channel.bodies()).containsExactly("a");
        }
    }

    @Test
    void overTlsTheCertificateHasToBeTrustedAndOfTheHost() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = HttpSinkTest.class.getResourceAsStream("/localhost.p12")) {
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "endpoint | ftp://h/ | ftp://h/ (expected: an http or https URL)",
                "endpoint | http://a b/ | http://a b/ (expected: an http or https URL)",
                "endpoint | http://h:99999/ | http://h:99999/ (expected: an http or https URL; port 99999 is not between 1 and 65535)",
                "connectTimeout | 5s | 5s (expected: a number of milliseconds, at least 0)",
                "requestTimeout | -1 | -1 (expected: a number of milliseconds, at least 0)",
                "defaultBackoff | yes | yes (expected: true or false)",
                "defaultRollback | 1 | 1 (expected: true or false)",
                "defaultIncrementMetrics | 0 | 0 (expected: true or false)",
                "rollback.2xx | true | is no status (expected: a status such as 503, or a class such as 5XX)",
                "backoff.20 | true | is no status (expected: a status such as 503, or a class such as 5XX)",
                "incrementMetrics.200 | on | on (expected: true or false)",
                "maxInFlight | 0 | 0 (expected: a whole number, 1 to 1000)",
                "deadLetter.statuses | 4XX | 4XX (expected: statuses such as 400, separated by blanks)",
            })
    void aBadValueIsRefusedWithWhatIsExpected(String key, String value, String message) {
        Map<String, String> all = new HashMap<>(SENSIBLE);
        all.put("endpoint", "http://localhost/");
        all.put(key, value);
        readSettings(recorded.settings(all));
        assertThat(recorded.problems()).containsExactly(key + ": " + message);
    }

    @Test
    void aHeaderCannotBringAnotherAlongAndTheEndpointIsRequired() {
        readSettings(recorded.settings(Map.of("acceptHeader", "a\r\nX: b", "contentTypeHeader", "a\u0000b")));
        assertThat(recorded.problems())
                .hasSize(3)
                .anyMatch(problem -> problem.startsWith("endpoint: missing"))
                .anyMatch(problem -> problem.startsWith("acceptHeader: "))
                .anyMatch(problem -> problem.startsWith("contentTypeHeader: "));
    }

    @Test
    void logsShowTheEndpointWithoutWhereKeysStand() {
        var keys = recorded.settings(Map.of("endpoint", "https://user:sesame@h:81/x/y?key=sesame"));
        assertThat(readSettings(keys).shownEndpoint()).isEqualTo("https://h:81/x/y");
    }

    @Test
    void theDefaultsAreFlumes() {
        HttpSinkSettings settings = readSettings(recorded.settings(Map.of("endpoint", "https://h/x")));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.contentType()).isEqualTo("text/plain");
        assertThat(settings.accept()).isEqualTo("text/plain");
        assertThat(settings.backoff().appliesTo(200)).isTrue();
        assertThat(settings.rollback().appliesTo(200)).isTrue();
        assertThat(settings.incrementMetrics().appliesTo(200)).isFalse();
        assertThat(settings.endpoint().port()).isEqualTo(443);
    }

    private HttpSinkSettings readSettings(Settings settings) {
        return HttpSinkSettings.read(settings, channel.transactionCapacity());
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> and(Map<String, String> keys, String... more) {
        Map<String, String> all = new HashMap<>(keys);
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private Sink started(HttpRecorder server, String path, Map<String, String> keys) throws Exception {
        return started("http://127.0.0.1:" + server.port() + path, keys, SSLContext.getDefault());
    }

    private Sink started(String endpoint, Map<String, String> keys, SSLContext tls) throws StartException {
        var settings = recorded.settings(and(keys, "endpoint", endpoint));
        HttpSinkSettings read = readSettings(settings);
        DeadLetters deadLetters = DeadLetters.read(context, settings);
        assertThat(recorded.problems()).isEmpty();
        Sink sink =
                new HttpSink(context, read, new HttpPeer(context, read, tls, this::dialled), deadLetters, pauses::add);
        sink.start();
        return sink;
    }

    private ChannelFuture dialled(Bootstrap bootstrap, InetSocketAddress address) {
        ChannelFuture connecting = bootstrap.connect(address);
        CompletableFuture<Void> late = lateAccept;
        if (late == null) {
            return connecting;
        }
        ChannelPromise heardOf = connecting.channel().newPromise();
        connecting.addListener(done -> late.thenRun(() -> PromiseNotifier.cascade(false, connecting, heardOf)));
        return heardOf;
    }

    private void submit(String... bodies) {
        channel.submit(Batches.of(bodies));
    }

    private static void drainAll(Sink sink) throws Exception {
        while (sink.drain() == Sink.Drain.DELIVERED) {}
    }
}
