package org.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.millrace.testkit.FakeClock;

/** The client's rules, with hosts that do what the test says. */
abstract class RelayClientFixture {
    static final UUID ID = new UUID(7, 8);

    final FakeHosts hosts = new FakeHosts();
    final FakeClock clock = new FakeClock();
    final Deque<Runnable> delayed = new ArrayDeque<>();
    private final EventLoops loops = EventLoops.ofThreads(1);
    RelayClient client;

    @AfterEach
    void close() {
        hosts.host("a").cut();
        hosts.host("b").cut();
        client.close();
        loops.close();
        assertThat(client.batchesInFlight()).isZero();
        assertThat(client.bytesInFlight()).isZero();
    }

    void open(ClientSettings.Builder builder) {
        open(builder, Route.of(builder.build(), hosts, clock, new Random(7)));
    }

    void open(ClientSettings.Builder builder, Route route) {
        PauseGate pauses = new PauseGate(clock, new Random(7), (nanos, task) -> delayed.add(task));
        client = new RelayClient(builder.build(), ID, route, pauses, loops);
    }

    CompletableFuture<Void> append(String... bodies) {
        try {
            return client.appendAsync(events(bodies));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Event> events(String... bodies) {
        return Stream.of(bodies).map(Event::ofText).toList();
    }

    /** What a batch that has failed already was told. */
    static AppendException failureOf(CompletableFuture<Void> batch) {
        assertThat(batch).isCompletedExceptionally();
        List<Throwable> failure = new ArrayList<>();
        batch.whenComplete((stored, why) -> failure.add(why));
        return (AppendException) failure.get(0);
    }

    static void awaitWaiting(Thread thread) {
        await().until(() ->
                thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }
}
