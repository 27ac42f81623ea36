package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.client.ConnectionSettings;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;
import org.millrace.testkit.FakeRelay;

/** A real target on a socket, which pauses; the time is what it is, so that only what must be so of it is asserted. */
@Timeout(300)
class PausingTargetTest {
    private static final int RATE = 200;
    private static final int PLACES = 4;
    private static final int EVENTS = 300;
    private static final int BEFORE_PAUSE = 20;

    private final CountDownLatch aSecondHasPassed = new CountDownLatch(1);

    @Test
    void whatWasDueWhileTheTargetPausedIsMeasuredAsLateAsItWasThoughItCouldNotBeSent() throws Exception {
        try (FakeRelay relay = new FakeRelay();
                EventLoops loops = EventLoops.ofThreads(1)) {
            CompletableFuture<LoadResult> run = CompletableFuture.supplyAsync(() -> run(relay.port(), loops));
            relay.accept();
            relay.answerFirstOk(relay.readRequest().serial());
            answer(relay, BEFORE_PAUSE - 1);

            int[] held = new int[PLACES];
            for (int i = 0; i < PLACES; i++) {
                held[i] = relay.readRequest().serial();
            }
            long from = System.nanoTime(); // all places are taken: nothing more can be sent
            aSecondHasPassed.await();
            long until = System.nanoTime();
            for (int serial : held) {
                relay.answerOk(serial);
            }
            answer(relay, EVENTS - BEFORE_PAUSE - PLACES);

            LoadResult result = run.get(60, TimeUnit.SECONDS);
            long half = (until - from) / 2;
            long dueInFirstHalf =
                    Math.min(half * RATE / TimeUnit.SECONDS.toNanos(1) - 1, EVENTS - BEFORE_PAUSE - PLACES);
            Histogram latency = result.figures().latencyNanos;
            assertThat(latency.getTotalCount()).isEqualTo(EVENTS);
            assertThat(latency.getCountBetweenValues(half, latency.getHighestTrackableValue()))
                    .as("what was due in its first half waited for the other half at least")
                    .isGreaterThanOrEqualTo(dueInFirstHalf)
                    .as("a tester that waits for its target would have seen no more than its places")
                    .isGreaterThan(PLACES);
            assertThat(result.isGood()).isTrue();
        }
    }

    private static void answer(FakeRelay relay, int requests) throws Exception {
        for (int i = 0; i < requests; i++) {
            relay.answerOk(relay.readRequest().serial());
        }
    }

    private LoadResult run(int port, EventLoops loops) {
        Duration patience = Duration.ofSeconds(20);
        LoadPlan plan = new LoadPlan(
                1,
                PLACES,
                1,
                Optional.of(new SteadyPace(RATE, 1)),
                Duration.ZERO,
                OptionalLong.empty(),
                OptionalLong.of(EVENTS),
                patience);
        LoadListener listener = new LoadListener() {
            @Override
            public void second(Second second) {
                aSecondHasPassed.countDown();
            }
        };
        ConnectionSettings settings = new ConnectionSettings(patience, patience, OptionalInt.empty());
        Bodies bodies = new DrawnBodies(BodySizes.parse("16"), new SplittableRandom(1));
        try (Events events = PreparedEvents.of(bodies, List.of(), 1)) {
            Line.Dialer dialer = Line.Dialer.to(new RelayAddress("127.0.0.1", port), settings, loops);
            return new LoadTester(dialer, loops, events, new Hops()).run(plan, List.of(listener));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
