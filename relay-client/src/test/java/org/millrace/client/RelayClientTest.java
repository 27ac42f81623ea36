package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.client.FakeHosts.Answer;
import org.millrace.client.HostPolicy.LoadBalance;
import org.millrace.client.HostPolicy.Selector;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/** The client's rules, with hosts that do what the test says. */
class RelayClientTest {
    private static final UUID ID = new UUID(7, 8);

    private final FakeHosts hosts = new FakeHosts();
    private final FakeClock clock = new FakeClock();
    private final Deque<Runnable> delayed = new ArrayDeque<>();
    private final EventLoops loops = EventLoops.ofThreads(1);
    private RelayClient client;

    @AfterEach
    void close() {
        hosts.host("a").cut();
        hosts.host("b").cut();
        client.close();
        loops.close();
        assertThat(client.batchesInFlight()).isZero();
        assertThat(client.bytesInFlight()).isZero();
    }

    // --- one host

    @Test
    void aBatchIsSentInCallsOfTheBatchSize() throws Exception {
        open(ClientSettings.builder("a:1").batchEvents(2));
        client.appendBatch(events("1", "2", "3", "4", "5"));
        assertThat(hosts.seen()).containsExactly("+a", "a:1,2", "a:3,4", "a:5");
    }

    @Test
    void noEventsAreNoCall() throws Exception {
        open(ClientSettings.builder("a:1"));
        client.appendBatch(List.of());
        assertThat(client.tryAppend(List.of()))
                .hasValueSatisfying(done -> assertThat(done).isCompleted());
        assertThat(hosts.seen()).isEmpty();
    }

    @Test
    void aBatchThatFailsPartWaySaysHowFarItGot() {
        open(ClientSettings.builder("a:1").batchEvents(2));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Void> batch = append("1", "2", "3", "4", "5");
        hosts.host("a").storeOpen();
        hosts.host("a").cut();
        AppendException failure = failureOf(batch);
        assertThat(failure.acknowledgedEvents()).isEqualTo(2);
        assertThat(failure.events()).isEqualTo(5);
        assertThat(failure.isRefusal()).isFalse();
        assertThat(failure)
                .hasMessage("2 of 5 events are acknowledged: a:1: cut")
                .cause()
                .isInstanceOf(RelayException.class);
    }

    @Test
    void aRefusalIsToldAndTheConnectionIsKept() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").answers(Answer.REFUSED);
        assertThat(failureOf(append("1")).isRefusal()).isTrue();
        hosts.host("a").answers(Answer.STORED);
        assertThat(append("2")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2");
    }

    @Test
    void aConnectionThatWasLostIsMadeAnew() {
        open(ClientSettings.builder("a:1"));
        append("1");
        hosts.host("a").cut();
        assertThat(append("2")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+a", "a:2");
    }

    @Test
    void afterAFailureTheNextCallsWaitAndGoInOrder() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isDown();
        assertThat(failureOf(append("1"))).hasMessageContaining("cannot connect");
        hosts.host("a").isUp();
        CompletableFuture<Void> second = append("2");
        CompletableFuture<Void> third = append("3");
        assertThat(hosts.seen()).containsExactly("-a");
        clock.advance(PauseGate.MOST);
        delayed.remove().run();
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:2", "a:3");
    }

    @Test
    void aConnectionThatCannotEvenBeBegunFailsItsCallAndTheNextOneIsTried() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").throwsOnce();
        assertThat(failureOf(append("1"))).hasMessageContaining("unable to create native thread");
        CompletableFuture<Void> second = append("2");
        clock.advance(PauseGate.MOST);
        delayed.remove().run();
        assertThat(second).isCompleted();
    }

    @Test
    void anErrorWhileACallIsMadeFailsTheTry() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.BROKEN);
        assertThat(append("1")).isCompleted();
        hosts.host("b").answers(Answer.BROKEN);
        assertThat(failureOf(append("2")))
                .hasMessageContaining("b:1: the call failed: java.lang.InternalError: no direct memory");
    }

    @Test
    void whatIsHandedOverWhileItConnectsIsSentInOrder() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isSlow();
        Stream.of("1", "2", "3").forEach(this::append);
        hosts.host("a").acceptNow();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "a:3");
    }

    @Test
    void onlyTheFirstHostOfTheDefaultClientIsUsed() {
        open(ClientSettings.builder("a:1", "b:1"));
        hosts.host("a").isDown();
        assertThat(append("1")).isCompletedExceptionally();
        assertThat(hosts.seen()).containsExactly("-a");
    }

    // --- failover

    @Test
    void aHostIsKeptAsLongAsItWorks() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        append("1");
        append("2");
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2");
    }

    @Test
    void theNextHostIsTakenAndThereIsNoGoingBackToTheFirst() {
        open(ClientSettings.builder("a:1", "b:1", "c:1").failover());
        append("1");
        hosts.host("a").answers(Answer.REFUSED);
        assertThat(append("2")).isCompleted();
        hosts.host("a").answers(Answer.STORED);
        assertThat(append("3")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "+b", "b:2", "b:3");
        assertThat(hosts.host("a").openLinks()).isZero();
    }

    @Test
    void theHostsAreARing() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.CUT);
        append("1");
        hosts.host("a").answers(Answer.STORED);
        hosts.host("b").answers(Answer.CUT);
        assertThat(append("2")).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:1", "b:2", "+a", "a:2");
    }

    @Test
    void thereAreAsManyTriesAsHostsUnlessSaidOtherwise() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.CUT);
        hosts.host("b").answers(Answer.CUT);
        assertThat(failureOf(append("1"))).hasMessage("0 of 1 events are acknowledged: a:1: cut; then b:1: cut");
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:1");
    }

    @Test
    void aCallIsTriedUpToMaxAttempts() {
        open(ClientSettings.builder("a:1", "b:1").policy(new HostPolicy.Failover(5)));
        hosts.host("a").answers(Answer.REFUSED);
        hosts.host("b").answers(Answer.REFUSED);
        assertThat(failureOf(append("1")).isRefusal()).isTrue();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:1", "+a", "a:1", "+b", "b:1", "+a", "a:1");
    }

    @Test
    void hostsThatCannotBeReachedArePassedByWithinOneTry() {
        open(ClientSettings.builder("a:1", "b:1", "c:1").policy(new HostPolicy.Failover(1)));
        hosts.host("a").isDown();
        hosts.host("b").isDown();
        assertThat(append("1")).isCompleted();
        assertThat(hosts.seen()).containsExactly("-a", "-b", "+c", "c:1");
    }

    @Test
    void whenNoHostCanBeReachedTheCallFailsAfterOneRound() {
        open(ClientSettings.builder("a:1", "b:1").policy(new HostPolicy.Failover(9)));
        hosts.host("a").isDown();
        hosts.host("b").isDown();
        assertThat(failureOf(append("1")))
                .hasMessage("0 of 1 events are acknowledged: a:1: cannot connect; then b:1: cannot connect");
        assertThat(hosts.seen()).containsExactly("-a", "-b");
    }

    @Test
    void whatIsAcknowledgedIsNotSentToTheNextHost() {
        open(ClientSettings.builder("a:1", "b:1").failover().batchEvents(1));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Void> batch = append("1", "2", "3");
        hosts.host("a").storeOpen();
        hosts.host("a").cut();
        assertThat(batch).isCompleted();
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "+b", "b:2", "b:3");
    }

    @Test
    void allThatWereOnTheirWayMoveOnTogetherAndInOrder() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.NONE);
        List<CompletableFuture<Void>> batches = List.of(append("1"), append("2"), append("3"));
        hosts.host("a").cut();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isCompleted());
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "a:3", "+b", "b:1", "b:2", "b:3");
    }

    @Test
    void whoWaitsForAConnectionThatFailsTheFirstGetsTheNextOne() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").isSlow().answers(Answer.CUT);
        List<CompletableFuture<Void>> batches = List.of(append("1"), append("2"));
        hosts.host("a").acceptNow();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isCompleted());
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:2", "b:1");
    }

    @Test
    void anEventKeepsItsNumberWhereverItIsSent() {
        open(ClientSettings.builder("a:1", "b:1").failover().batchEvents(2));
        hosts.host("a").answers(Answer.NONE);
        append("0", "1", "2");
        append("3");
        hosts.host("a").storeOpen();
        hosts.host("a").cut();
        assertThat(hosts.seen()).containsExactly("+a", "a:0,1", "a:3", "a:2", "+b", "b:2");
        assertThat(hosts.origins())
                .containsExactly(new Origin(ID, 0), new Origin(ID, 3), new Origin(ID, 2), new Origin(ID, 2));
    }

    @Test
    void numbersOfTheApplicationsOwnAreKeptAndEachTryIsTold() {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").answers(Answer.CUT);
        List<String> tries = new ArrayList<>();
        TryListener listener =
                (host, failure) -> tries.add(host.host() + ": " + (failure == null ? "stored" : "failed"));
        UUID own = new UUID(1, 2);
        EventBatch batch = Batches.of("x", "y");
        assertThat(client.tryAppend(batch, new Origin(own, 40), listener).orElseThrow())
                .isCompleted();
        assertThat(hosts.origins()).containsExactly(new Origin(own, 40), new Origin(own, 40));
        assertThat(tries).containsExactly("a: failed", "b: stored");
        batch.release();
    }

    @Test
    void closingNowWaitsForNoAnswer() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Void> batch = append("1");
        client.closeNow();
        hosts.host("a").cut();
        assertThat(batch).isCompletedExceptionally();
        assertThatThrownBy(() -> append("2")).hasMessage("the client is closed");
    }

    @Test
    void closingNowFailsWhatWaitsForTheEndOfAPause() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isDown();
        append("1");
        List<CompletableFuture<Void>> held = List.of(append("2"), append("3"));
        client.closeNow();
        assertThat(held).allSatisfy(batch -> assertThat(failureOf(batch)).hasMessageContaining("the client is closed"));
    }

    @Test
    void closingNowFailsWhoWaitsForAConnection() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isSlow();
        List<CompletableFuture<Void>> waiting = List.of(append("1"), append("2"));
        client.closeNow();
        assertThat(waiting)
                .allSatisfy(batch -> assertThat(failureOf(batch)).hasMessageContaining("the client is closed"));
        hosts.host("a").acceptNow();
        assertThat(hosts.host("a").openLinks()).isZero();
    }

    @Test
    void aListenerThatThrowsEndsItsOwnDelivery() {
        open(ClientSettings.builder("a:1"));
        TryListener broken = (host, failure) -> {
            throw new IllegalStateException("no more room to note it");
        };
        EventBatch batch = Batches.of("x");
        CompletableFuture<Void> outcome =
                client.tryAppend(batch, new Origin(ID, 0), broken).orElseThrow();
        batch.release();
        AppendException failure = failureOf(outcome);
        assertThat(failure).hasMessageContaining("the client failed").hasMessageContaining("no more room to note it");
        assertThat(failure.acknowledgedEvents()).isEqualTo(1);
    }

    @Test
    void aDeliveryThatCannotBeStartedEndsAlsoAfterAPause() {
        Route broken = new Route() {
            @Override
            public Tries tries() {
                throw new InternalError("no memory");
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        open(ClientSettings.builder("a:1"), broken);
        assertThat(failureOf(append("1"))).hasMessageContaining("no memory");
        CompletableFuture<Void> held = append("2");
        assertThat(held).isNotDone();
        clock.advance(PauseGate.MOST);
        delayed.remove().run();
        assertThat(failureOf(held)).hasMessageContaining("no memory");
    }

    @Test
    void aCloseInAHurryFailsWhatWaitsForTheEndOfAPause() {
        open(ClientSettings.builder("a:1"));
        hosts.host("a").isDown();
        append("1");
        CompletableFuture<Void> held = append("2");
        Thread.currentThread().interrupt();
        client.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(failureOf(held)).hasMessageContaining("the client is closed");
    }

    // --- load balancing

    @Test
    void callsGoRoundAndConnectionsAreKept() {
        open(balanced(Optional.empty()));
        Stream.of("1", "2", "3", "4").forEach(this::append);
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "+b", "b:2", "a:3", "b:4");
    }

    @Test
    void aCallThatFailsGoesToTheNextHost() {
        open(balanced(Optional.empty()));
        hosts.host("a").answers(Answer.REFUSED);
        assertThat(append("1")).isCompleted();
        assertThat(append("2")).isCompleted();
        assertThat(append("3")).isCompleted();
        assertThat(hosts.seen())
                .as("without back-off it is tried at each of its turns, over a connection of its own")
                .containsExactly("+a", "a:1", "+b", "b:1", "b:2", "+a", "a:3", "b:3");
    }

    @Test
    void aHostThatFailedIsLeftOutForAWhile() {
        open(balanced(Optional.of(Duration.ofSeconds(30))));
        hosts.host("a").isDown();
        append("1");
        append("2");
        append("3");
        assertThat(hosts.seen()).containsExactly("-a", "+b", "b:1", "b:2", "b:3");
        hosts.host("a").isUp();
        clock.advance(Duration.ofSeconds(2));
        append("4");
        append("5");
        assertThat(hosts.seen()).containsExactlyInAnyOrder("+a", "a:4", "b:5");
    }

    @Test
    void callsThatFailTogetherCountAsOneFailure() {
        open(balanced(Optional.of(Duration.ofSeconds(30))));
        hosts.host("b").isDown();
        append("0");
        append("1"); // b is left out for 2 s
        hosts.host("a").answers(Answer.NONE);
        List<CompletableFuture<Void>> batches = List.of(append("2"), append("3"), append("4"));
        hosts.host("a").cut();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isCompletedExceptionally());
        hosts.host("a").answers(Answer.STORED);
        clock.advance(Duration.ofSeconds(2)); // and not 8 s, as after three failures
        assertThat(append("5")).isCompleted();
        assertThat(hosts.seen()).endsWith("+a", "a:5");
    }

    @Test
    void whenAllHostsAreLeftOutTheCallFailsAtOnce() {
        open(balanced(Optional.of(Duration.ofSeconds(30))));
        hosts.host("a").isDown();
        hosts.host("b").isDown();
        assertThat(failureOf(append("1"))).hasMessageContaining("a:1: cannot connect; then b:1: cannot connect");
        CompletableFuture<Void> second = append("2");
        clock.advance(Duration.ofMillis(100));
        delayed.remove().run();
        assertThat(failureOf(second)).hasMessageContaining("every host is left out for now");
    }

    @Test
    void aLongBatchStaysWithOneHost() {
        open(balanced(Optional.empty()).batchEvents(1));
        append("1", "2", "3");
        append("4", "5");
        assertThat(hosts.seen()).containsExactly("+a", "a:1", "a:2", "a:3", "+b", "b:4", "b:5");
    }

    // --- what may be on its way

    @Test
    void noMoreBatchesAreOnTheirWayThanAreAllowed() {
        open(ClientSettings.builder("a:1").maxInFlight(2, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        append("1");
        assertThat(client.whenRoom()).isCompleted();
        append("2");
        CompletableFuture<Void> room = client.whenRoom();
        assertThat(client.tryAppend(events("3"))).isEmpty();
        assertThat(room).isNotDone();
        assertThat(client.batchesInFlight()).isEqualTo(2);
        hosts.host("a").storeOpen();
        assertThat(room).isCompleted();
        assertThat(client.tryAppend(events("3"))).isPresent();
    }

    @Test
    void noMoreBytesAreOnTheirWayThanAreAllowedButALargeBatchGoesAlone() {
        open(ClientSettings.builder("a:1").maxInFlight(10, 100));
        hosts.host("a").answers(Answer.NONE);
        assertThat(client.tryAppend(sized(60))).isPresent();
        assertThat(client.bytesInFlight()).isEqualTo(62);
        assertThat(client.tryAppend(sized(60))).isEmpty();
        CompletableFuture<Void> room = client.whenRoom();
        assertThat(room)
                .as("there is some room, but not enough for the one that was turned away")
                .isNotDone();
        hosts.host("a").storeOpen();
        assertThat(room).isCompleted();
        assertThat(client.tryAppend(sized(1000))).isPresent();
        assertThat(client.tryAppend(sized(1))).isEmpty();
    }

    @Test
    void aCallerThatMayWaitWaitsForRoom() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(1, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        append("1");
        Thread waiter = new Thread(() -> append("2"), "waiter");
        waiter.start();
        awaitWaiting(waiter);
        assertThat(hosts.seen()).containsExactly("+a", "a:1");
        hosts.host("a").storeOpen();
        waiter.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(hosts.seen()).containsExactly("a:2");
    }

    @Test
    void nobodyOvertakesALargeBatchThatWaits() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(10, 100));
        hosts.host("a").answers(Answer.NONE);
        client.tryAppend(sized(10));
        Thread large = appending(1000);
        Thread small = appending(20);
        assertThat(client.tryAppend(sized(1))).isEmpty();
        CompletableFuture<Void> room = client.whenRoom();
        assertThat(room).isNotDone();

        hosts.host("a").storeOpen();
        large.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(client.bytesInFlight()).as("it goes first, and alone").isGreaterThan(1000);
        hosts.host("a").storeOpen();
        small.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(client.bytesInFlight()).isEqualTo(22);
        assertThat(room).isCompleted();
    }

    @Test
    void whoGivesUpWaitingLetsTheOthersBy() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(10, 100));
        hosts.host("a").answers(Answer.NONE);
        client.tryAppend(sized(10));
        Thread large = appending(1000);
        Thread small = appending(20);
        large.interrupt();
        large.join(TimeUnit.SECONDS.toMillis(10));
        small.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(client.batchesInFlight()).isEqualTo(2);
        assertThat(client.whenRoom()).isCompleted();
        assertThat(client.tryAppend(sized(1))).isPresent();
    }

    @Test
    void whatFollowsAnAnswerFindsRoom() {
        open(ClientSettings.builder("a:1").maxInFlight(1, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        CompletableFuture<Boolean> followed =
                append("1").thenApply(stored -> client.tryAppend(events("2")).isPresent());
        hosts.host("a").storeOpen();
        assertThat(followed).isCompletedWithValue(true);
    }

    // --- the end

    @Test
    void closeFailsWhoWaitsForRoomAndWhoComesLater() throws Exception {
        open(ClientSettings.builder("a:1").maxInFlight(1, 1 << 20));
        hosts.host("a").answers(Answer.NONE);
        append("1");
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Thread waiter =
                new Thread(() -> told.complete(catchThrowableOfType(IllegalStateException.class, () -> append("2"))));
        waiter.start();
        awaitWaiting(waiter);
        Thread closer = new Thread(() -> client.close());
        closer.start();
        assertThat(told.get(60, TimeUnit.SECONDS)).hasMessage("the client is closed");
        awaitWaiting(closer);
        hosts.host("a").storeOpen();
        closer.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(hosts.host("a").openLinks()).isZero();
        assertThatThrownBy(() -> client.tryAppend(events("3"))).hasMessage("the client is closed");
    }

    @Test
    void connectTellsWhetherThereIsAnybody() throws Exception {
        open(ClientSettings.builder("a:1", "b:1").failover());
        hosts.host("a").isDown();
        client.connect();
        assertThat(hosts.seen()).containsExactly("-a", "+b");
        hosts.host("b").isDown().cut();
        assertThatThrownBy(() -> client.connect())
                .isInstanceOf(AppendException.class)
                .hasMessage("no connection: a:1: cannot connect; then b:1: cannot connect");
    }

    @Test
    void aHeaderWithoutAValueIsRefused() {
        open(ClientSettings.builder("a:1"));
        Map<String, String> headers = new HashMap<>();
        headers.put("host", null);
        assertThatThrownBy(() -> Event.of(headers, new byte[0]))
                .hasMessage("header host: null (expected: a name and a value)");
    }

    private void open(ClientSettings.Builder builder) {
        open(builder, Route.of(builder.build(), hosts, clock, new Random(7)));
    }

    private void open(ClientSettings.Builder builder, Route route) {
        PauseGate pauses = new PauseGate(clock, new Random(7), (nanos, task) -> delayed.add(task));
        client = new RelayClient(builder.build(), ID, route, pauses, loops);
    }

    private static ClientSettings.Builder balanced(Optional<Duration> maxBackoff) {
        return ClientSettings.builder("a:1", "b:1").policy(new LoadBalance(Selector.ROUND_ROBIN, maxBackoff));
    }

    private CompletableFuture<Void> append(String... bodies) {
        try {
            return client.appendAsync(events(bodies));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Event> events(String... bodies) {
        return Stream.of(bodies).map(Event::ofText).toList();
    }

    private static List<Event> sized(int bytes) {
        return List.of(Event.of(new byte[bytes]));
    }

    /** A thread that waits to send a batch of one event. */
    private Thread appending(int bytes) {
        Thread waiter = new Thread(() -> {
            try {
                client.appendAsync(sized(bytes));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiter.start();
        awaitWaiting(waiter);
        return waiter;
    }

    private static AppendException failureOf(CompletableFuture<Void> batch) {
        assertThat(batch).isCompletedExceptionally();
        List<Throwable> failure = new ArrayList<>();
        batch.whenComplete((stored, why) -> failure.add(why));
        return (AppendException) failure.get(0);
    }

    private static void awaitWaiting(Thread thread) {
        await().until(() ->
                thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }
}
