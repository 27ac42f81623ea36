package org.millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeRelay;
import org.millrace.testkit.process.FreePorts;

class RelayConnectionTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(150);

    private final EventLoops loops = EventLoops.ofThreads(1);
    private FakeRelay relay;
    private RelayConnection connection;

    @BeforeEach
    void listen() throws IOException {
        relay = new FakeRelay();
    }

    @AfterEach
    void close() throws IOException {
        if (connection != null) {
            connection.close();
        }
        relay.close();
        loops.close();
    }

    @Test
    void theSecondCallWaitsForTheAnswerToTheFirstAndCarriesNoHandshake() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> first = append("a");
        CompletableFuture<Void> second = append("b");

        FakeRelay.Request one = relay.readRequest();
        assertThat(one.head()).startsWith("86aadae2c45474c0fe93ffd0f2350a65");
        assertThat(first).isNotDone();
        relay.answerFirstOk(one.serial());
        FakeRelay.Request two = relay.readRequest();
        assertThat(two.head()).isEqualTo("0016617070656e644261746368");
        assertThat(two.parameters()).isEqualTo("0200026200");
        get(first);
        relay.answerOk(two.serial());
        get(second);
    }

    @Test
    void callsArePipelinedAndAnswersMatchedBySerial() throws Exception {
        connectAndShakeHands(LONG);
        List<CompletableFuture<Void>> calls = List.of(append("a"), append("b"), append("c"));
        List<FakeRelay.Request> requests = List.of(relay.readRequest(), relay.readRequest(), relay.readRequest());

        relay.answerOk(requests.get(2).serial());
        get(calls.get(2));
        assertThat(calls.get(0)).isNotDone();
        assertThat(calls.get(1)).isNotDone();
        relay.answerOk(requests.get(0).serial());
        relay.answerOk(requests.get(1).serial());
        get(calls.get(0));
        get(calls.get(1));
    }

    @Test
    void aRefusalFailsItsCallAlone() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> refused = append("a");
        CompletableFuture<Void> stored = append("b");
        relay.answerFailed(relay.readRequest().serial());
        relay.answerOk(relay.readRequest().serial());

        assertFails(refused, "refused the events: FAILED");
        get(stored);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void anErrorsTextReachesTheCaller() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        relay.answerError(relay.readRequest().serial(), "java.io.EOFException");
        assertFails(call, "answered with an error: java.io.EOFException");
    }

    @Test
    void aPeerThatNeverSawOurHashGetsTheTextAndTheCallOnceMore() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> first = append("a");
        CompletableFuture<Void> second = append("b");
        FakeRelay.Request one = relay.readRequest();
        relay.answer(one.serial(), capturedNone());
        FakeRelay.Request again = relay.readRequest();

        assertThat(again.serial()).isNotEqualTo(one.serial());
        assertThat(new String(HexFormat.of().parseHex(again.head()), UTF_8)).contains("AvroSourceProtocol");
        assertThat(again.parameters()).isEqualTo(one.parameters());
        relay.answerFirstOk(again.serial());
        get(first);
        relay.answerOk(relay.readRequest().serial());
        get(second);
    }

    @Test
    void aPeerThatWantsTheTextTwiceIsGivenUp() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> first = append("a");
        relay.answer(relay.readRequest().serial(), capturedNone());
        relay.answer(relay.readRequest().serial(), capturedNone());
        assertFails(first, "does not speak our protocol");
    }

    @Test
    void aPeerWithAnotherServerHashAnswersClientAndThatIsFine() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> first = append("a");
        relay.readRequest();
        relay.write(capture("22-handshake-client"));
        get(first);
    }

    @Test
    void whatAFlumeAgentAnsweredOnceIsUnderstood() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> first = append("a");
        CompletableFuture<Void> second = append("b");
        byte[] answers = capture("03-append-then-batch");
        relay.readRequest();
        relay.write(Arrays.copyOfRange(answers, 0, 27));
        get(first);
        relay.readRequest();
        relay.write(Arrays.copyOfRange(answers, 27, answers.length));
        get(second);
    }

    @Test
    void aPeerThatCannotReadTheFirstCallIsGivenUpWithItsText() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> first = append("a");
        CompletableFuture<Void> second = append("b");
        relay.answerError(relay.readRequest().serial(), "bad handshake");
        assertFails(first, "answered the first call with an error: bad handshake");
        assertFails(second, "answered the first call with an error: bad handshake");
    }

    @Test
    void anAnswerToNoCallIsFatal() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        relay.readRequest();
        relay.answerOk(4711);
        assertFails(call, "answered call 4711, which was not asked");
        assertThat(relay.readByte()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000002 ffffffff",
                "00000002 00000000",
                "00000002 00000001 7fffffff",
                "00000002 00000001 00000001 08"
            })
    void anAnswerThatCannotBeReadFailsAllCalls(String hex) throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        CompletableFuture<Void> other = append("b");
        relay.readRequest();
        relay.write(HexFormat.of().parseHex(hex.replace(" ", "")));
        assertFails(call, address().toString());
        assertFails(other, address().toString());
        await().until(() -> !connection.isOpen());
    }

    @Test
    void aPeerThatHangsUpFailsAllCalls() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        CompletableFuture<Void> other = append("b");
        relay.readRequest();
        relay.readRequest();
        relay.closeConnection();
        assertFails(call, "the peer closed the connection with 2 calls unanswered");
        assertFails(other, "the peer closed the connection");
        assertFails(append("late"), "the peer closed the connection");
    }

    @Test
    void aPeerThatWillSayNoMoreFailsAllCalls() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        relay.readRequest();
        relay.shutdownOutput();
        assertFails(call, "the peer closed the connection with 1 call unanswered");
    }

    @Test
    void aPeerThatAnswersSlowlyByteByByteIsUnderstood() throws Exception {
        connect(LONG, LONG);
        CompletableFuture<Void> call = append("a");
        relay.readRequest();
        for (byte b : capture("02-appendBatch-2")) {
            relay.write(new byte[] {b});
        }
        get(call);
    }

    @Test
    void aHandshakeThatIsNotAnsweredIsBoundedByTheConnectTimeout() throws Exception {
        connect(SHORT, LONG);
        CompletableFuture<Void> call = append("a");
        assertFails(call, "did not answer the first call, with the handshake, within 150 ms");
    }

    @Test
    void aCallThatIsNotAnsweredFailsTheConnection() throws Exception {
        connectAndShakeHands(SHORT);
        CompletableFuture<Void> call = append("a");
        CompletableFuture<Void> other = append("b");
        assertFails(call, "did not answer a call within 150 ms");
        assertFails(other, "did not answer a call within 150 ms");
        await().until(() -> !connection.isOpen());
    }

    @Test
    void finishWaitsForTheAnswersAndThenHangsUp() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        FakeRelay.Request request = relay.readRequest();
        CompletableFuture<Void> closed = connection.finish();
        assertFails(append("late"), "being closed on our side");
        assertThat(closed).isNotDone();
        relay.answerOk(request.serial());
        get(call);
        get(closed);
        assertThat(relay.readByte()).isEqualTo(-1);
    }

    @Test
    void finishFailsCallsThatWaitForAFirstOneThatCouldNotBeMade() throws Exception {
        connect(LONG, LONG);
        List<CompletableFuture<Void>> second = new ArrayList<>();
        List<EventBatch> cannotBeEncoded = new AbstractList<>() {
            @Override
            public EventBatch get(int index) {
                second.add(append("b")); // another thread's, while the first one is at it
                throw new InternalError("no direct memory");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        assertThatThrownBy(() -> connection.append(cannotBeEncoded)).isInstanceOf(InternalError.class);
        CompletableFuture<Void> closed = connection.finish();
        assertFails(second.get(0), "being closed on our side");
        get(closed);
    }

    @Test
    void finishClosesAlsoIfACallComesInBetween() throws Exception {
        connectAndShakeHands(LONG);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch queued = new CountDownLatch(1);
        loops.executors().get(0).execute(() -> {
            entered.countDown();
            awaitUninterruptibly(queued);
            connection.finish();
        });
        entered.await();
        CompletableFuture<Void> late = append("late");
        queued.countDown();
        assertFails(late, "being closed on our side");
        get(connection.closed());
    }

    @Test
    void closeHangsUpAtOnceAndMayBeRepeated() throws Exception {
        connectAndShakeHands(LONG);
        CompletableFuture<Void> call = append("a");
        connection.close();
        connection.close();
        assertFails(call, "closed on our side");
        get(connection.closed());
    }

    @Test
    void closedEventLoopsFailCallsInsteadOfLosingThem() throws Exception {
        connectAndShakeHands(LONG);
        loops.close();
        await().until(() -> loops.group().isTerminated());
        assertThat(append("a")).failsWithin(LONG);
    }

    @Test
    void aPortThatNobodyListensOnIsNamed() throws Exception {
        RelayAddress nobody = new RelayAddress("127.0.0.1", FreePorts.next());
        assertThatThrownBy(() -> get(RelayConnection.connect(nobody, ConnectionSettings.DEFAULT, loops)))
                .hasRootCauseInstanceOf(IOException.class)
                .hasMessageContaining(nobody + ": cannot connect")
                .hasMessageContaining("refused");
    }

    @Test
    void aNameWithoutAnAddressIsNamed() {
        RelayAddress nowhere = new RelayAddress("no-such-host.invalid", 41414);
        assertThatThrownBy(() -> get(RelayConnection.connect(nowhere, ConnectionSettings.DEFAULT, loops)))
                .hasMessageContaining("no-such-host.invalid:41414: the name has no address");
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private RelayAddress address() {
        return new RelayAddress("127.0.0.1", relay.port());
    }

    private void connect(Duration connectTimeout, Duration requestTimeout) throws Exception {
        ConnectionSettings settings = new ConnectionSettings(connectTimeout, requestTimeout, OptionalInt.empty());
        connection = RelayConnection.connect(address(), settings, loops).get(60, TimeUnit.SECONDS);
        relay.accept();
    }

    private void connectAndShakeHands(Duration requestTimeout) throws Exception {
        connect(LONG, requestTimeout);
        CompletableFuture<Void> first = append("first");
        relay.answerFirstOk(relay.readRequest().serial());
        get(first);
    }

    private CompletableFuture<Void> append(String body) {
        EventBatch batch = Batches.of(body);
        try {
            return connection.append(List.of(batch));
        } finally {
            batch.release();
        }
    }

    private void assertFails(CompletableFuture<Void> call, String message) {
        assertThatThrownBy(() -> get(call))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RelayException.class)
                .hasMessageStartingWith(address() + ": ")
                .hasMessageContaining(message);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    /** The one buffer that a Flume agent answers NONE with. */
    private static byte[] capturedNone() throws IOException {
        byte[] frame = capture("29-handshake-none-both-unknown");
        return Arrays.copyOfRange(frame, 12, frame.length);
    }

    private static byte[] capture(String name) throws IOException {
        try (InputStream in = RelayConnectionTest.class.getResourceAsStream("/captures/" + name + ".s2c.bin")) {
            return in.readAllBytes();
        }
    }
}
