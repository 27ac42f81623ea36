package org.millrace.relay.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelSelector;
import org.millrace.api.Interceptor;
import org.millrace.api.SourceMetrics;
import org.millrace.api.support.AllOf;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.ReleaseCheck;

class EventRouterTest {
    private static final Origin ORIGIN = new Origin(new UUID(1, 2), 3);

    private final FakeChannel first = new FakeChannel("c1");
    private final FakeChannel second = new FakeChannel("c2");
    private final MetricRegistry registry = new MetricRegistry();
    private final ReleaseCheck releases = new ReleaseCheck();

    @AfterEach
    void everythingIsGivenBack() {
        first.close();
        second.close();
        releases.assertAllReleased();
    }

    @Test
    void everyRequiredChannelGetsEveryEvent() throws Exception {
        EventRouter router = router(List.of(first, second), List.of());
        router.put(batch("a", "b"));

        assertThat(first.bodies()).containsExactly("a", "b");
        assertThat(second.bodies()).containsExactly("a", "b");
    }

    @Test
    void aTakeFromOneChannelLeavesTheOthersEventsAlone() throws Exception {
        router(List.of(first, second), List.of()).put(batch("a", "b", "c"));
        try (var transaction = first.begin()) {
            transaction.take(2);
            transaction.commit();
        }

        assertThat(first.bodies()).containsExactly("c");
        assertThat(second.bodies()).containsExactly("a", "b", "c");
    }

    @Test
    void whatOneRequiredChannelRefusesHasFailedWithThatReason() {
        EventRouter router = router(List.of(first, second), List.of());
        ChannelException full = new ChannelException("full");
        second.refuseWith(full);

        AtomicReference<Throwable> seen = new AtomicReference<>();
        router.submit(batch("a")).whenComplete((done, failure) -> seen.set(failure));
        assertThat(seen.get()).as("bare, not wrapped").isSameAs(full);
        assertThatThrownBy(() -> router.put(batch("b"))).isSameAs(full);
        assertThat(first.bodies()).containsExactly("a", "b");
    }

    @Test
    void whatOneRequiredChannelCanNeverTakeGoesIntoNone() throws Exception {
        second.setMostBatchEvents(1);
        EventRouter router = router(List.of(first, second), List.of());

        assertThatThrownBy(() -> router.put(batch("a", "b")))
                .isInstanceOf(BatchTooLargeException.class)
                .hasMessageContaining("c2");
        assertThat(first.bodies()).isEmpty();
        router.put(batch("a"));
        assertThat(first.bodies()).containsExactly("a");
        assertThat(second.bodies()).containsExactly("a");
    }

    @Test
    void whatAnOptionalChannelCanNeverTakeGoesIntoTheRequiredOne() throws Exception {
        second.setMostBatchEvents(1);
        EventRouter router = router(List.of(first), List.of(second));
        router.put(batch("a", "b"));

        assertThat(first.bodies()).containsExactly("a", "b");
        assertThat(second.bodies()).isEmpty();
    }

    @Test
    void acceptedMeansThatTheSlowestRequiredChannelHasIt() {
        CompletableFuture<Void> slow = new CompletableFuture<>();
        CompletableFuture<Void> quick = CompletableFuture.completedFuture(null);
        CompletableFuture<Void> all = AllOf.of(List.of(slow, quick));

        assertThat(all).isNotDone();
        slow.complete(null);
        assertThat(all).isCompleted();
    }

    @Test
    void aSendersNumbersReachARequiredChannelThatGetsTheWholeBatch() {
        EventRouter router = router(List.of(first, second), List.of());
        assertThat(router.submitUnflushed(batch("a", "b"), ORIGIN)).isCompleted();
        assertThat(first.origins()).containsExactly(ORIGIN);
        assertThat(second.origins()).containsExactly(ORIGIN);
    }

    @Test
    void aSendersNumbersAreVoidWhereAnInterceptorHasDroppedEvents() {
        Interceptor dropsOne = batch -> {
            EventBatch.Split parts = batch.split(1);
            parts.head().release();
            return parts.tail();
        };
        EventRouter router = new EventRouter(List.of(dropsOne), replicating(), List.of(first), metrics());
        assertThat(router.submitUnflushed(batch("a", "b"), ORIGIN)).isCompleted();
        assertThat(first.bodies()).containsExactly("b");
        assertThat(first.origins()).isEmpty();
    }

    @Test
    void whatAnOptionalChannelRefusesIsCountedAndNotReported() throws Exception {
        EventRouter router = router(List.of(first), List.of(second));
        second.refuseWith(new ChannelException("full"));
        router.put(batch("a", "b"));
        second.refuseWith(null);
        router.put(batch("c"));

        assertThat(first.bodies()).containsExactly("a", "b", "c");
        assertThat(second.bodies()).containsExactly("c");
        assertThat(registry.counter("source.s1.optionalEventsLost").getCount()).isEqualTo(2);
    }

    @Test
    void isSettledOnceTheOptionalChannelsHaveTheirsOrWillNotGetThem() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        EventRouter router = router(List.of(first), List.of(answering(second, () -> answer)));
        assertThat(router.isSettled()).isTrue();
        assertThat(router.submit(batch("a"))).as("accepted before").isCompleted();
        assertThat(router.isSettled()).isFalse();
        answer.complete(null);
        assertThat(router.isSettled()).isTrue();
        first.refuseWith(new ChannelException("full"));
        assertThat(router.submit(batch("b"))).isCompletedExceptionally();
        assertThat(router.isSettled()).isTrue();
    }

    @Test
    void isSettledAlsoAfterAnOptionalChannelHasThrown() {
        EventRouter router = router(List.of(first), List.of(answering(second, () -> {
            throw new IllegalStateException("broken");
        })));
        assertThat(router.submit(batch("a"))).isCompleted();
        assertThat(router.isSettled()).isTrue();
        assertThat(registry.counter("source.s1.optionalEventsLost").getCount()).isEqualTo(1);
    }

    @Test
    void optionalChannelsGetNothingOfABatchThatARequiredOneRefuses() {
        EventRouter router = router(List.of(first), List.of(second));
        first.refuseWith(new ChannelException("full"));

        assertThat(router.submit(batch("a"))).isCompletedExceptionally();
        assertThat(second.bodies()).isEmpty();
    }

    @Test
    void withOptionalChannelsOnlyEverythingIsAccepted() {
        EventRouter router = router(List.of(), List.of(second));

        assertThat(router.submit(batch("a"))).isCompleted();
        assertThat(second.bodies()).containsExactly("a");
    }

    @Test
    void anEmptyBatchIsAcceptedAndGoesNowhere() {
        assertThat(router(List.of(first), List.of()).submit(batch())).isCompleted();
        assertThat(first.bodies()).isEmpty();
    }

    @Test
    void interceptorsWorkInOrderAndWhatTheyDropIsAcceptedAndCounted() {
        List<String> calls = new ArrayList<>();
        EventRouter router = new EventRouter(
                List.of(noting("one", calls), dropping(), noting("two", calls)),
                replicating(),
                List.of(first),
                metrics());

        assertThat(router.submit(batch("a", "b"))).isCompleted();
        assertThat(calls).as("the chain stops once nothing is left").containsExactly("one");
        assertThat(first.bodies()).isEmpty();
        assertThat(registry.counter("source.s1.eventsFiltered").getCount()).isEqualTo(2);
    }

    @Test
    void whatAnInterceptorThrowsFailsTheBatch() {
        IllegalStateException broken = new IllegalStateException("broken");
        Interceptor failing = batch -> {
            batch.release();
            throw broken;
        };
        EventRouter router = new EventRouter(List.of(failing), replicating(), List.of(first), metrics());

        assertThatThrownBy(() -> router.put(batch("a"))).isSameAs(broken);
        assertThat(first.bodies()).isEmpty();
    }

    @Test
    void whatASelectorThrowsFailsTheBatchAndGivesItBack() {
        ChannelSelector failing = new ChannelSelector() {
            @Override
            public List<Delivery> select(EventBatch batch) {
                throw new IllegalStateException("broken");
            }

            @Override
            public List<Channel> requiredChannels() {
                return List.of();
            }
        };

        assertThat(new EventRouter(List.of(), failing, List.of(), metrics()).submit(batch("a")))
                .isCompletedExceptionally();
    }

    @Test
    void theSourceHasRoomWhenAllRequiredChannelsHave() {
        EventRouter router = router(List.of(first, second), List.of());
        AtomicInteger told = new AtomicInteger();
        first.setRoom(false);
        second.setRoom(false);
        router.onRoom(told::incrementAndGet);
        assertThat(router.hasRoom()).isFalse();

        first.setRoom(true);
        assertThat(router.hasRoom()).isFalse();
        assertThat(told).hasValue(0);
        second.setRoom(true);
        assertThat(router.hasRoom()).isTrue();
        assertThat(told).hasValue(1);
        router.onRoom(told::incrementAndGet);
        assertThat(told).as("at once").hasValue(2);
    }

    @Test
    void aFullOptionalChannelDoesNotStopTheSource() {
        EventRouter router = router(List.of(first), List.of(second));
        second.setRoom(false);

        assertThat(router.hasRoom()).isTrue();
    }

    @Test
    void aFullChannelThatIsPassedOverDoesNotStopTheSource() throws Exception {
        EventRouter router = balancing(first, second);
        AtomicInteger told = new AtomicInteger();
        first.setRoom(false);

        assertThat(router.hasRoom()).isTrue();
        router.onRoom(told::incrementAndGet);
        assertThat(told).as("at once").hasValue(1);
        router.put(batch("a"));
        router.put(batch("b"));
        assertThat(second.bodies()).containsExactly("a", "b");
    }

    /** Else its source would leave an event out that the other channel takes. */
    @Test
    void aChannelThatCanNeverTakeABatchIsPassedOver() throws Exception {
        EventRouter router = balancing(first, second);
        first.setMostBatchEvents(1);
        router.put(batch("a", "b"));
        second.setRoom(false);
        router.put(batch("c", "d"));
        assertThat(second.bodies()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whereAllAreFullThatArePassedOverTheFirstWithRoomLetsTheSourceGoOn() {
        EventRouter router = balancing(first, second);
        AtomicInteger told = new AtomicInteger();
        first.setRoom(false);
        for (int times = 1; times <= 3; times++) {
            second.setRoom(false);
            assertThat(router.hasRoom()).isFalse();
            router.onRoom(told::incrementAndGet);
            router.onRoom(told::incrementAndGet);
            second.setRoom(true);
            assertThat(router.hasRoom()).isTrue();
            assertThat(told).hasValue(2 * times);
        }

        first.setRoom(true);
        assertThat(told).as("each once").hasValue(6);
    }

    @Test
    void interceptorsAreClosedWithTheRouterLastOneFirstEvenIfOneFails() {
        List<String> closed = new ArrayList<>();
        Interceptor one = closing(() -> closed.add("one"));
        Interceptor two = closing(() -> {
            throw new IllegalStateException("broken");
        });
        Interceptor three = closing(() -> closed.add("three"));
        new EventRouter(List.of(one, two, three), replicating(), List.of(), metrics()).close();

        assertThat(closed).containsExactly("three", "one");
    }

    /** The channel, which takes what is submitted and answers so. */
    private static Channel answering(Channel real, Supplier<CompletableFuture<Void>> answer) {
        return (Channel) Proxy.newProxyInstance(
                Channel.class.getClassLoader(), new Class<?>[] {Channel.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    return method.getName().equals("submit") ? answer.get() : result;
                });
    }

    private EventRouter balancing(Channel... channels) {
        AtomicInteger turn = new AtomicInteger();
        ChannelSelector selector =
                new LoadBalancingSelector(List.of(channels), among -> turn.getAndIncrement() % among);
        return new EventRouter(List.of(), selector, selector.requiredChannels(), metrics());
    }

    private EventRouter router(List<Channel> required, List<Channel> optional) {
        ReplicatingSelector selector = new ReplicatingSelector(required, optional);
        return new EventRouter(List.of(), selector, selector.requiredChannels(), metrics());
    }

    private ReplicatingSelector replicating() {
        return new ReplicatingSelector(List.of(first), List.of());
    }

    private SourceMetrics metrics() {
        return new SourceMetrics("s1", registry);
    }

    private EventBatch batch(String... bodies) {
        return releases.watch(Batches.of(bodies));
    }

    private static Interceptor noting(String name, List<String> calls) {
        return batch -> {
            calls.add(name);
            return batch;
        };
    }

    private static Interceptor dropping() {
        return batch -> {
            batch.release();
            return Batches.of();
        };
    }

    private static Interceptor closing(Runnable action) {
        return new Interceptor() {
            @Override
            public EventBatch intercept(EventBatch batch) {
                return batch;
            }

            @Override
            public void close() {
                action.run();
            }
        };
    }
}
