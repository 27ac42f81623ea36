package org.millrace.relay.channel.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.api.support.EventCapacity;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.FakeTimer;
import org.millrace.testkit.ReleaseCheck;

class MemoryChannelTest {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(3);

    private final FakeTimer timer = new FakeTimer();
    private final MetricRegistry registry = new MetricRegistry();
    private final ChannelMetrics metrics = new ChannelMetrics("c1", registry);
    private final ReleaseCheck releases = new ReleaseCheck();
    private final MemoryChannel channel =
            channel(new MemoryLimits(new EventCapacity(10, 10, KEEP_ALIVE), new ByteLimits(1000, 2000)));

    @AfterEach
    void everythingIsGivenBack() {
        channel.close();
        releases.assertAllReleased();
    }

    @Test
    void aPutThatFitsCostsNoFutureOfItsOwn() {
        assertThat(channel.submit(events(1))).isSameAs(channel.submit(events(1)));
    }

    @Test
    void aWaitingPutIsRefusedWhenItsTimeIsUpAndNotBefore() {
        channel.submit(events(10));
        CompletableFuture<Void> waiting = channel.submit(events(2));

        timer.advance(KEEP_ALIVE.minusMillis(1));
        assertThat(waiting).isNotDone();
        timer.advance(Duration.ofMillis(1));
        assertThat(waiting)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(ChannelFullException.class)
                .withMessage("channel c1 is full: no room for 2 events, 10 of 10 are there"
                        + " (drain it faster, or raise a1.channels.c1.capacity)");
        assertThat(registry.counter("channel.c1.refusedBatches").getCount()).isEqualTo(1);
    }

    @Test
    void eachWaitingPutHasAFullKeepAliveOfItsOwn() {
        channel.submit(events(10));
        CompletableFuture<Void> first = channel.submit(events(1));
        timer.advance(Duration.ofSeconds(2));
        CompletableFuture<Void> second = channel.submit(events(1));

        timer.advance(Duration.ofSeconds(1));
        assertThat(first).isCompletedExceptionally();
        assertThat(second).isNotDone();
        timer.advance(Duration.ofSeconds(2));
        assertThat(second).isCompletedExceptionally();
    }

    @Test
    void oneTimerTaskIsEnoughHoweverOftenTheChannelFills() throws Exception {
        for (int round = 0; round < 5; round++) {
            channel.submit(events(10));
            CompletableFuture<Void> waiting = channel.submit(events(10));
            takeAll();
            assertThat(waiting).isCompleted();
            takeAll();
        }

        assertThat(timer.tasks()).isEqualTo(1);
        timer.advance(KEEP_ALIVE);
        assertThat(timer.tasks()).isZero();
    }

    @Test
    void aSmallPutGoesInOnceTheLargeOneBeforeItIsRefused() {
        channel.submit(events(6));
        CompletableFuture<Void> large = channel.submit(events(5));
        timer.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> small = channel.submit(events(4));

        timer.advance(Duration.ofSeconds(2));
        assertThat(large).isCompletedExceptionally();
        assertThat(small).isCompleted();
    }

    @Test
    void bytesOfBodiesAreARoomOfTheirOwnAndTheMessageNamesTheirKey() {
        channel.submit(sized(2, 400));
        CompletableFuture<Void> waiting = channel.submit(sized(1, 201));

        timer.advance(KEEP_ALIVE);
        assertThat(waiting)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("201 bytes of event bodies, 800 of 1000")
                .withMessageContaining("a1.channels.c1.byteCapacity");
    }

    @Test
    void aBatchThatCanNeverFitIsRefusedAtOnceEvenIfTheChannelIsEmpty() {
        assertThat(channel.submit(sized(1, 1001)))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("1001 of them bodies")
                .withMessageContaining("byteCapacity");
        assertThat(channel.submit(events(11)))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("11 events at once (expected: at most 10;")
                .withMessageContaining("a1.channels.c1.transactionCapacity");
    }

    @Test
    void sourcesStopAtNineTenthsAndGoOnAtEight() throws Exception {
        channel.submit(events(8));
        assertThat(channel.hasRoom()).isTrue();
        channel.submit(events(1));
        assertThat(channel.hasRoom()).isFalse();

        take(1);
        assertThat(channel.hasRoom()).isTrue();
    }

    @Test
    void thereIsNoRoomForNewcomersWhilePutsWait() {
        channel.submit(events(5));
        channel.submit(events(6));

        assertThat(channel.hasRoom()).isFalse();
        timer.advance(KEEP_ALIVE);
        assertThat(channel.hasRoom()).isTrue();
    }

    @Test
    void figuresCountEventsAndTakenOnesAreNotInTheChannelThoughTheyTakeUpRoom() throws Exception {
        channel.submit(events(4));
        channel.submit(events(2));
        try (Transaction transaction = channel.begin()) {
            transaction.take(3);
            assertThat(attribute("ChannelSize")).isEqualTo(3L);
            assertThat(gauge("bodyBytes")).isEqualTo(6L * "event 0".length());
            transaction.commit();
        }
        take(10);
        try (Transaction transaction = channel.begin()) {
            assertThat(transaction.take(1)).isNotNull();
        }

        assertThat(attribute("ChannelSize")).isEqualTo(2L);
        assertThat(attribute("ChannelCapacity")).isEqualTo(10L);
        assertThat(attribute("ChannelFillPercentage")).isEqualTo(20.0);
        assertThat(attribute("EventPutAttemptCount")).isEqualTo(6L);
        assertThat(attribute("EventPutSuccessCount")).isEqualTo(6L);
        assertThat(attribute("EventTakeSuccessCount")).isEqualTo(4L);
        assertThat(attribute("EventTakeAttemptCount")).isEqualTo(5L);
    }

    @Test
    void theAgeOfTheOldestEventIsThatOfItsArrivalAlsoAfterARollback() throws Exception {
        assertThat(gauge("oldestEventMillis")).isEqualTo(0L);
        channel.submit(events(2));
        timer.advance(Duration.ofMillis(700));
        channel.submit(events(2));
        try (Transaction transaction = channel.begin()) {
            transaction.take(1);
        }
        assertThat(gauge("oldestEventMillis")).isEqualTo(700L);

        take(1);
        take(1);
        assertThat(gauge("oldestEventMillis")).isEqualTo(0L);
    }

    @Test
    void anInterruptedCommitPutsNothing() throws Exception {
        channel.submit(events(10));
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread committer = new Thread(() -> {
            try (Transaction transaction = channel.begin()) {
                transaction.put(events(1));
                transaction.commit();
            } catch (InterruptedException e) {
                outcome.set(e);
            }
        });
        committer.start();
        await().until(() -> gauge("waitingPuts").equals(1));
        committer.interrupt();
        committer.join();

        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertThat(gauge("waitingPuts")).isEqualTo(0);
        assertThat(attribute("ChannelSize")).isEqualTo(10L);
    }

    @Test
    void aClosedChannelRefusesWhatWaitsAndWhatComes() {
        channel.submit(events(10));
        CompletableFuture<Void> waiting = channel.submit(events(1));
        Transaction open = channel.begin();
        open.take(5);
        channel.close();

        assertThat(waiting)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("channel c1 is closed");
        assertThat(channel.submit(events(1))).isCompletedExceptionally();
        assertThatThrownBy(() -> channel.awaitEvents(KEEP_ALIVE)).isInstanceOf(ChannelException.class);
        open.close();
        assertThat(channel.begin().take(1)).isNull();
    }

    private MemoryChannel channel(MemoryLimits limits) {
        MemoryChannel created =
                new MemoryChannel(new ChannelContext("a1", "c1", metrics, new FakeClock()), limits, timer);
        created.start();
        return created;
    }

    private EventBatch events(int count) {
        return releases.watch(Batches.numbered(0, count));
    }

    private EventBatch sized(int count, int bodyBytes) {
        return releases.watch(Batches.sized(count, bodyBytes));
    }

    private void take(int events) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            transaction.take(events);
            transaction.commit();
        }
    }

    private void takeAll() throws InterruptedException {
        while ((long) attribute("ChannelSize") > 0) {
            take(10);
        }
    }

    private Object attribute(String name) {
        return metrics.flumeAttributes().get(name).getValue();
    }

    private Object gauge(String name) {
        return registry.getGauges().get("channel.c1." + name).getValue();
    }
}
