package org.millrace.relay.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.DeliveryException;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayConnection;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.FakeRelay;

/** The test's thread is the sink's thread and the peer in turn. */
@Timeout(300)
class AvroSinkTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final EventLoops loops = EventLoops.ofThreads(1);
    private final MetricRegistry registry = new MetricRegistry();
    private final SinkMetrics metrics = new SinkMetrics("k1", registry);
    private final FakeClock clock = new FakeClock();
    private Channel channel;
    private FakeRelay relay;
    private AvroSink sink;
    private boolean isShortOfMemory;
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000_000_000); // it may overflow

    /** Where set, the connection is made, and the sink does not hear of it before this completes. */
    private @Nullable CompletableFuture<Void> lateAccept;

    @BeforeEach
    void start() throws Exception {
        relay = new FakeRelay();
        channel = new MemoryChannelFactory()
                .create(
                        new ChannelContext(
                                "a1", "c1", new ChannelMetrics("c1", new MetricRegistry()), InstantSource.system()),
                        new Settings(Map.of("capacity", "1000"), new NoProblems()));
        channel.start();
    }

    @AfterEach
    void close() throws IOException {
        relay.close(); // first: a sink does not wait then for answers that will not come
        if (sink != null) {
            sink.close();
        }
        channel.close();
        loops.close();
    }

    @Test
    void severalRequestsAreOnTheirWayAndCommittedInOrder() throws Exception {
        open(2, 3, LONG);
        put(1, 2);
        put(3, 2);
        put(5, 2);
        sink.drain();
        FakeRelay.Request first = relay.accept().readRequest();
        relay.answerFirstOk(first.serial());
        sink.drain();
        sink.drain();
        FakeRelay.Request second = relay.readRequest();
        FakeRelay.Request third = relay.readRequest();

        relay.answerOk(third.serial());
        relay.answerOk(second.serial());
        drainUntilIdle();

        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(6);
        assertThat(metrics.drainAttempts.getCount()).isEqualTo(6);
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(3);
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(1);
        assertThat(left()).isEmpty();
    }

    @Test
    void noMoreIsOnItsWayThanWasSet() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        put(2, 1);
        put(3, 1);
        sink.drain();
        sink.drain();
        assertThat(registry.getGauges().get("sink.k1.requestsInFlight").getValue())
                .isEqualTo(2);
        CompletableFuture<Sink.Drain> third = inSinkThread();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        assertThat(third.get(60, TimeUnit.SECONDS)).isEqualTo(Sink.Drain.DELIVERED);
        relay.answerOk(relay.readRequest().serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        relay.answerOk(relay.readRequest().serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(3);
    }

    @Test
    void smallBatchesTravelTogetherUpToTheBatchSize() throws Exception {
        open(4, 1, LONG);
        for (int number = 1; number <= 6; number++) {
            put(number, 1);
        }
        sink.drain();
        FakeRelay.Request first = relay.accept().readRequest();
        assertThat(first.parameters()).startsWith("08"); // four events
        relay.answerFirstOk(first.serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        FakeRelay.Request second = relay.readRequest();
        assertThat(second.parameters()).startsWith("04");
        relay.answerOk(second.serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.batchesComplete.getCount()).isEqualTo(1);
        assertThat(metrics.batchesUnderflow.getCount()).isEqualTo(1);
        assertThat(metrics.batchesEmpty.getCount()).isEqualTo(1);
    }

    @Test
    void whatIsRefusedIsBackInOrderAndGoesOverANewConnection() throws Exception {
        open(2, 3, LONG);
        put(1, 2);
        put(3, 2);
        put(5, 2);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        sink.drain();
        relay.answerFailed(relay.readRequest().serial());
        relay.answerFailed(relay.readRequest().serial());

        assertThatThrownBy(this::drainUntilIdle)
                .hasRootCauseMessage("127.0.0.1:" + relay.port() + ": refused the events: FAILED");
        assertThat(relay.readByte()).isEqualTo(-1);
        assertThat(metrics.eventWriteFails.getCount()).isEqualTo(1);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);

        sink.drain();
        FakeRelay.Request again = relay.accept().readRequest();
        assertThat(again.parameters()).startsWith("04020c6e756d6265720233"); // two events; number=3 first
        relay.answerFirstOk(again.serial());
        sink.drain();
        relay.answerOk(relay.readRequest().serial());
        drainUntilIdle();
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(6);
    }

    @Test
    void aRequestThatThePeerWillNotHaveBecomesSmallerUntilItIsTaken() throws Exception {
        open(4, 1, LONG);
        put(1, 4);
        for (int attempt = 1; attempt <= 2; attempt++) {
            sink.drain();
            FakeRelay.Request tooLarge = relay.accept().readRequest();
            assertThat(tooLarge.parameters()).startsWith("08"); // four events
            relay.closeConnection();
            assertThatThrownBy(this::drainUntilIdle).hasMessageContaining("4 events are back in the channel");
        }

        sink.drain();
        FakeRelay.Request smaller = relay.accept().readRequest();
        assertThat(smaller.parameters()).startsWith("04"); // two
        relay.answerFirstOk(smaller.serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        relay.answerOk(relay.readRequest().serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
    }

    @Test
    void whatCannotBeSentForWantOfDirectMemoryIsSentLaterAndTheRestStaysOnItsWay() throws Exception {
        open(2, 3, LONG);
        put(1, 2);
        put(3, 2);
        sink.drain();
        isShortOfMemory = true;
        assertThatThrownBy(sink::drain).isInstanceOf(OutOfMemoryError.class);
        assertThat(registry.getGauges().get("sink.k1.requestsInFlight").getValue())
                .isEqualTo(1);

        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        FakeRelay.Request second = relay.readRequest();
        assertThat(second.parameters()).startsWith("04020c6e756d6265720233"); // two events; number=3 first
        relay.answerOk(second.serial());
        drainUntilIdle();
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(4);
        assertThat(left()).isEmpty();
    }

    @Test
    void whatThePeerStoredBehindARefusalIsNotSentTwice() throws Exception {
        open(1, 3, LONG);
        put(1, 1);
        put(2, 1);
        put(3, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        sink.drain();
        FakeRelay.Request second = relay.readRequest();
        relay.answerOk(relay.readRequest().serial());
        relay.answerFailed(second.serial());
        assertThatThrownBy(this::drainUntilIdle).hasMessageContaining("1 events are back in the channel");
        assertThat(left()).containsExactly(2);
    }

    @Test
    void aPeerThatDoesNotAnswerInTimeGetsTheEventsAgain() throws Exception {
        open(2, 2, Duration.ofMillis(100));
        put(1, 2);
        put(3, 1);
        sink.drain();
        sink.drain();
        assertThatThrownBy(this::drainUntilIdle)
                .hasMessageContaining("3 events are back in the channel")
                .rootCause()
                .hasMessageContaining("within 100 ms");
        assertThat(left()).containsExactly(1, 2, 3);
    }

    @Test
    void aPeerThatHangsUpWithRequestsOnTheirWayGetsThemAgain() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        put(2, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        relay.readRequest();
        relay.closeConnection();
        assertThatThrownBy(this::drainUntilIdle).rootCause().hasMessageContaining("the peer closed the connection");
        assertThat(left()).containsExactly(2);
    }

    @Test
    void aPeerThatHangsUpWhileNothingIsOnItsWayCostsNothing() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        drainUntilIdle();
        relay.closeConnection();
        await().until(() -> !sink.isConnected());

        put(2, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        drainUntilIdle();
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(metrics.eventWriteFails.getCount()).isZero();
        assertThat(metrics.connectionsCreated.getCount()).isEqualTo(2);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void aPeerThatIsNotThereKeepsNobodyFromStarting() throws Exception {
        relay.close();
        open(10, 2, LONG);
        assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);
        put(1, 3);
        assertThatThrownBy(sink::drain)
                .isInstanceOf(DeliveryException.class)
                .cause()
                .hasMessageContaining("127.0.0.1:" + relay.port() + ": cannot connect");
        assertThat(metrics.connectionsFailed.getCount()).isEqualTo(2);
        assertThat(metrics.eventWriteFails.getCount()).isZero();
        assertThat(left()).containsExactly(1, 2, 3);
    }

    @Test
    void anOldConnectionMakesWayForANewOneOnceItsRequestsAreAnswered() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        sink.drain();
        nanoTime.addAndGet(Duration.ofSeconds(60).toNanos());
        put(2, 1);
        relay.accept().answerFirstOk(relay.readRequest().serial());
        CompletableFuture<Void> rest = CompletableFuture.runAsync(this::drainUntilIdle);
        assertThat(relay.readByte()).as("nothing more on the old connection").isEqualTo(-1);
        relay.accept().answerFirstOk(relay.readRequest().serial());
        rest.get(60, TimeUnit.SECONDS);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    @Test
    void theWallClockMakesNoConnectionOld() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        clock.advance(Duration.ofDays(1));
        drainUntilIdle();
        assertThat(sink.isConnected()).isTrue();
        assertThat(metrics.connectionsClosed.getCount()).isZero();
    }

    @Test
    void aConnectionThatComesAfterTheSinkHasBeenInterruptedIsClosed() throws Exception {
        CompletableFuture<Void> accept = new CompletableFuture<>();
        lateAccept = accept;
        open(1, 2, LONG);
        Thread.currentThread().interrupt();
        assertThatThrownBy(sink::drain).isInstanceOf(InterruptedException.class);

        accept.complete(null);
        assertThat(relay.accept().readByte()).as("the end of the connection").isEqualTo(-1);
        assertThat(sink.isConnected()).isFalse();
    }

    @Test
    void settlingWaitsForAnswersAndTakesNothing() throws Exception {
        open(1, 3, LONG);
        put(1, 1);
        put(2, 1);
        put(3, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        int second = relay.readRequest().serial();
        CompletableFuture<Void> settling = CompletableFuture.runAsync(this::settle);
        assertThat(settling).isNotDone();
        relay.answerOk(second);
        settling.get(60, TimeUnit.SECONDS);

        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(2);
        assertThat(left()).containsExactly(3);
        assertThat(sink.isConnected()).isTrue();
    }

    @Test
    void whatCannotBeSettledIsBackInTheChannel() throws Exception {
        open(1, 3, LONG);
        put(1, 1);
        put(2, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        relay.answerFailed(relay.readRequest().serial());

        assertThatThrownBy(sink::settle)
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("1 events are back in the channel");
        assertThat(left()).containsExactly(2);
    }

    @Test
    void closeTakesAlongTheAnswersThatComeAndLeavesTheRestInTheChannel() throws Exception {
        open(1, 2, LONG);
        put(1, 1);
        put(2, 1);
        sink.drain();
        relay.accept().answerFirstOk(relay.readRequest().serial());
        sink.drain();
        FakeRelay.Request second = relay.readRequest();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(sink::close);
        assertThat(closing).isNotDone();
        relay.closeConnection();
        closing.get(60, TimeUnit.SECONDS);
        assertThat(second.serial()).isEqualTo(2);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(1);
        assertThat(left()).containsExactly(2);
        sink.close();
        assertThat(metrics.connectionsClosed.getCount()).isEqualTo(1);
    }

    private void open(int batchEvents, int maxInFlight, Duration timeout, String... deadLetterKeys) throws Exception {
        AvroSinkSettings settings = new AvroSinkSettings(
                new RelayAddress("127.0.0.1", relay.port()),
                new ConnectionSettings(timeout, timeout, OptionalInt.empty()),
                batchEvents,
                maxInFlight,
                Duration.ofSeconds(60));
        Map<String, String> keys = deadLetterKeys.length == 0
                ? Map.of()
                : Map.of(deadLetterKeys[0], deadLetterKeys[1], deadLetterKeys[2], deadLetterKeys[3]);
        SinkContext context = new SinkContext("a1", "k1", reader(), metrics, clock);
        sink = new AvroSink(
                context,
                settings,
                () -> dialled(RelayConnection.connect(settings.peer(), settings.connection(), loops)),
                nanoTime::get,
                DeadLetters.read(context, new Settings(keys, new NoProblems())));
        sink.start();
    }

    @Test
    void anEventThatThePeerRefusesWhileItTakesOthersIsADeadLetterAfterItsTries(@TempDir Path letters) throws Exception {
        open(4, 2, LONG, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "2");
        put(1, 6);
        CompletableFuture<Void> peer = CompletableFuture.runAsync(() -> takeAllBut("event 2"));
        int failures = drainWithFailures(40);

        assertThat(failures).isGreaterThan(2);
        assertThat(left()).isEmpty();
        assertThat(metrics.counter("deadLetteredEvents").getCount()).isEqualTo(1);
        assertThat(metrics.drainSuccesses.getCount()).isEqualTo(5);
        assertThat(letters).isDirectoryContaining("glob:**/a1.k1.*");
        relay.close();
        peer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aPeerThatRefusesEverythingMakesNoDeadLetters(@TempDir Path letters) throws Exception {
        open(4, 2, LONG, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "1");
        put(1, 6);
        CompletableFuture<Void> peer = CompletableFuture.runAsync(() -> takeAllBut("event"));
        assertThat(drainWithFailures(20)).isGreaterThan(5);

        assertThat(metrics.counter("deadLetteredEvents").getCount()).isZero();
        sink.close();
        assertThat(left()).containsExactly(1, 2, 3, 4, 5, 6);
        relay.close();
        peer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aSuspectWithNothingToCompareItWithIsSentAndNoTurnSeemsToDeliver(@TempDir Path letters) throws Exception {
        open(1, 1, LONG, "deadLetter.directory", letters.toString(), "deadLetter.maxTries", "2");
        put(1, 1);
        for (int attempt = 1; attempt <= 3; attempt++) {
            sink.drain();
            assertThat(registry.getGauges().get("sink.k1.requestsInFlight").getValue())
                    .as("attempt %d", attempt)
                    .isEqualTo(1);
            relay.accept().readRequest();
            relay.closeConnection();
            assertThatThrownBy(this::drainUntilIdle).hasMessageContaining("1 events are back in the channel");
        }
        try (Transaction another = channel.begin()) {
            assertThat(Batches.numbers(another.take(1))).containsExactly(1);
            another.commit();
        }

        assertThat(sink.drain()).isEqualTo(Sink.Drain.IDLE);
    }

    /** A peer that closes the connection on a request with such a text in it, until it is closed itself. */
    private void takeAllBut(String refused) {
        String hex = HexFormat.of().formatHex(refused.getBytes(StandardCharsets.UTF_8));
        try {
            while (true) {
                relay.accept();
                serve(hex);
            }
        } catch (IOException e) {
            // the relay is closed
        }
    }

    private void serve(String refusedHex) {
        try {
            for (boolean isFirst = true; ; isFirst = false) {
                FakeRelay.Request request = relay.readRequest();
                if (request.parameters().contains(refusedHex)) {
                    relay.closeConnection();
                    return;
                }
                if (isFirst) {
                    relay.answerFirstOk(request.serial());
                } else {
                    relay.answerOk(request.serial());
                }
            }
        } catch (IOException e) {
            // the sink has closed the connection
        }
    }

    /** @return how many turns failed, until the channel was empty or the turns were over */
    private int drainWithFailures(int turns) throws Exception {
        int failures = 0;
        for (int i = 0; i < turns; i++) {
            try {
                if (sink.drain() == Sink.Drain.IDLE) {
                    return failures;
                }
            } catch (DeliveryException e) {
                failures++;
            }
        }
        return failures;
    }

    private CompletableFuture<RelayConnection> dialled(CompletableFuture<RelayConnection> connecting) {
        CompletableFuture<Void> late = lateAccept;
        return late == null ? connecting : late.thenCombine(connecting, (accepted, connection) -> connection);
    }

    private void put(int first, int events) throws Exception {
        channel.submit(Batches.numbered(first, events)).get(60, TimeUnit.SECONDS);
    }

    private CompletableFuture<Sink.Drain> inSinkThread() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return sink.drain();
            } catch (DeliveryException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void settle() {
        try {
            sink.settle();
        } catch (DeliveryException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void drainUntilIdle() {
        try {
            Sink.Drain drain;
            do {
                drain = sink.drain();
            } while (drain == Sink.Drain.DELIVERED);
        } catch (DeliveryException | InterruptedException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The numbers of the events in the channel, which stay there. */
    private List<Integer> left() {
        List<Integer> numbers = new ArrayList<>();
        try (Transaction transaction = channel.begin()) {
            EventBatch batch = transaction.take(100);
            while (batch != null) {
                numbers.addAll(Batches.numbers(batch));
                batch = transaction.take(100);
            }
        }
        return numbers;
    }

    /** The channel as the sink sees it: once events are taken there may be no direct memory for them. */
    private ChannelReader reader() {
        return view(ChannelReader.class, channel, (method, result) -> {
            return result instanceof Transaction taking ? view(Transaction.class, taking, this::failIfShort) : result;
        });
    }

    private @Nullable Object failIfShort(Method method, @Nullable Object result) {
        if (isShortOfMemory && method.getName().equals("origin")) {
            isShortOfMemory = false;
            throw new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory");
        }
        return result;
    }

    private static <T> T view(Class<T> type, T of, BiFunction<Method, @Nullable Object, @Nullable Object> onReturn) {
        Object view = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> onReturn.apply(method, method.invoke(of, arguments)));
        return type.cast(view);
    }

    private static final class NoProblems implements Settings.Problems {
        @Override
        public void problem(String key, String message) {
            throw new AssertionError(key + ": " + message);
        }

        @Override
        public void note(String key, String message) {
            throw new AssertionError(key + ": " + message);
        }
    }
}
