package org.millrace.relay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.relay.fakes.NoThreads;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;

class SinkRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final FakeChannel channel = new FakeChannel("c1");
    private final MetricRegistry registry = new MetricRegistry();
    private final SinkMetrics metrics = new SinkMetrics("k1", registry);
    private final ScriptedSink sink = new ScriptedSink();
    private SinkRunner runner = runner(LONG);

    @AfterEach
    void stop() {
        runner.close();
        channel.close();
    }

    @Test
    void eventsAreDeliveredAndNewOnesWakeTheSink() throws Exception {
        runner.start();
        channel.submit(Batches.numbered(0, 3));
        await().until(() -> sink.delivered.get() == 3);
        await().until(() -> sink.idleTurns.get() > 0);
        channel.submit(Batches.numbered(3, 2));

        await().until(() -> sink.delivered.get() == 5);
    }

    @Test
    void anIdleSinkIsLeftAloneUntilThereIsSomethingToDo() throws Exception {
        runner.start();
        await().until(() -> sink.idleTurns.get() == 1);
        channel.submit(Batches.numbered(0, 1));
        await().until(() -> sink.idleTurns.get() == 3);

        assertThat(sink.turns)
                .as("one idle, one that delivers, one idle, one idle after a rest")
                .hasValue(4);
    }

    @Test
    void aSinkThatWantsATurnByTheClockGetsItWithoutEvents() throws Exception {
        sink.idleLimit = Duration.ofMillis(1);
        runner.start();

        await().until(() -> sink.idleTurns.get() >= 3);
    }

    @Test
    void afterAFailureTheSameEventsAreTriedAgain() throws Exception {
        sink.failures.set(3);
        channel.submit(Batches.numbered(0, 4));
        runner.start();

        await().until(() -> sink.delivered.get() == 4);
        assertThat(registry.counter("sink.k1.deliveryFailures").getCount()).isEqualTo(3);
        await().until(() -> gauge("failuresInARow").equals(0L));
    }

    @Test
    void aProgrammingErrorInASinkIsAFailureLikeAnother() throws Exception {
        sink.unforeseen = new IllegalStateException("unforeseen");
        channel.submit(Batches.numbered(0, 1));
        runner.start();
        await().until(() -> registry.counter("sink.k1.deliveryFailures").getCount() > 1);
        assertThat(gauge("running")).isEqualTo(1);
        sink.unforeseen = null;

        await().until(() -> sink.delivered.get() == 1);
    }

    @Test
    void anErrorStopsTheSinkAndShows() throws Exception {
        sink.fatal = new AssertionError("fatal");
        runner.start();

        await().until(() -> !runner.isRunning());
        assertThat(gauge("running")).isEqualTo(0);
        assertThat(runner.drainWithin(LONG)).isFalse();
        runner.close();
        assertThat(sink.closed).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "failed to allocate 4194304 byte(s) of direct memory (used: 1070000000, max: 1073741824)",
                "Cannot reserve 4194304 bytes of direct buffer memory (allocated: 1070000000, limit: 1073741824)",
                "Unable to allocate 4194304 bytes",
                "unable to create native thread: possibly out of memory or process/resource limits reached"
            })
    void aShortageOutsideTheHeapIsAFailureLikeAnother(String message) throws Exception {
        sink.fatal = new OutOfMemoryError(message);
        channel.submit(Batches.numbered(0, 1));
        runner.start();
        await().until(() -> registry.counter("sink.k1.deliveryFailures").getCount() > 1 || !runner.isRunning());
        sink.fatal = null;

        await().until(() -> sink.delivered.get() == 1 || !runner.isRunning());
        assertThat(sink.delivered).hasValue(1);
    }

    @Test
    void aFullHeapStopsTheSinkAndShows() throws Exception {
        sink.fatal = new OutOfMemoryError("Java heap space");
        runner.start();

        await().until(() -> !runner.isRunning());
        assertThat(gauge("running")).isEqualTo(0);
    }

    @Test
    void aSinkThatCannotStartHasNoThread() {
        sink.refusesToStart = true;

        assertThatThrownBy(runner::start).isInstanceOf(StartException.class);
        assertThat(runner.isRunning()).isFalse();
    }

    @Test
    void drainingEndsOnceTheChannelIsEmpty() throws Exception {
        runner.start();
        await().until(() -> sink.idleTurns.get() > 0);
        for (int i = 0; i < 50; i++) {
            channel.submit(Batches.numbered(0, 10));
        }

        assertThat(runner.drainWithin(LONG)).isTrue();
        assertThat(sink.delivered).hasValue(500);
        assertThat(runner.isRunning()).isTrue();
    }

    @Test
    void drainingEndsOnceTheTimeIsUp() throws Exception {
        sink.failures.set(Integer.MAX_VALUE);
        channel.submit(Batches.numbered(0, 1));
        runner.start();

        assertThat(runner.drainWithin(Duration.ofMillis(50))).isFalse();
        runner.close();
        assertThat(channel.bodies()).as("nothing is lost").hasSize(1);
    }

    @Test
    void drainingDoesNotSitOutAPause() throws Exception {
        runner = new SinkRunner(
                "k1",
                sink,
                channel,
                metrics,
                new Backoff(LONG.multipliedBy(10), LONG.multipliedBy(10), new SplittableRandom()),
                LONG,
                new FakeClock());
        sink.failures.set(1);
        channel.submit(Batches.numbered(0, 2));
        runner.start();
        await().until(() -> gauge("failuresInARow").equals(1L));

        assertThat(runner.drainWithin(LONG)).isTrue();
        assertThat(sink.delivered).hasValue(2);
    }

    @Test
    void closingWaitsForTheTurnToEndAndDoesNotInterruptIt() throws Exception {
        sink.hold = new CountDownLatch(1);
        channel.submit(Batches.numbered(0, 1));
        runner.start();
        await().until(() -> sink.turns.get() == 1);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(runner::close);
        assertThat(closing).isNotDone();
        sink.hold.countDown();

        assertThat(closing).succeedsWithin(LONG);
        assertThat(sink.delivered).hasValue(1);
        assertThat(sink.interrupted).isFalse();
        assertThat(sink.closed).hasValue(1);
    }

    @Test
    void aTurnThatDoesNotEndIsInterruptedWhenTheTimeIsUp() throws Exception {
        runner = runner(Duration.ofMillis(50));
        sink.hold = new CountDownLatch(1);
        channel.submit(Batches.numbered(0, 1));
        runner.start();
        await().until(() -> sink.turns.get() == 1);
        runner.close();

        assertThat(sink.interrupted).isTrue();
        assertThat(channel.bodies()).hasSize(1);
        assertThat(sink.closed).hasValue(1);
    }

    @Test
    void severalThatHangAreInterruptedTogether() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(3);
        List<StubbornSink> sinks =
                Stream.generate(() -> new StubbornSink(interrupted)).limit(3).toList();
        List<SinkRunner> runners = new ArrayList<>();
        for (StubbornSink stubborn : sinks) {
            SinkRunner hanging = runner(stubborn, Duration.ofSeconds(2));
            hanging.start();
            stubborn.inTurn.await();
            runners.add(hanging);
        }
        SinkRunner.closeAll(runners);

        assertThat(sinks).as("none of them was given up").allMatch(stubborn -> stubborn.closed);
        assertThat(runners).noneMatch(SinkRunner::isRunning);
    }

    @Test
    void sinksAreClosedSideBySide() throws Exception {
        CountDownLatch closing = new CountDownLatch(2);
        List<SinkRunner> runners = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            runners.add(runner(
                    new ClosingSink(() -> {
                        closing.countDown();
                        closing.await(); // for the other one
                    }),
                    LONG));
            runners.get(i).start();
        }
        SinkRunner.closeAll(runners);

        assertThat(closing.getCount()).isZero();
    }

    @Test
    void oneThatDoesNotCloseIsInterruptedAndLeftAndTheOthersAreClosed() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ClosingSink hanging = new ClosingSink(() -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                never.await(); // and it does not mind
            }
        });
        List<SinkRunner> runners = List.of(runner(hanging, Duration.ofMillis(50)), runner(sink, LONG));
        for (SinkRunner each : runners) {
            each.start();
        }
        assertThat(SinkRunner.closeAll(runners)).containsExactly("sink k1 is still open");
        assertThat(SinkRunner.closeAll(runners)).as("told once").isEmpty();

        assertThat(sink.closed).hasValue(1);
        assertThat(interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        never.countDown();
    }

    @Test
    void whereThereIsNoThreadToCloseThemSinksAreClosedAllTheSame() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        List<SinkRunner> runners = List.of(runner(new ClosingSink(closed::countDown), LONG), runner(sink, LONG));
        for (SinkRunner each : runners) {
            each.start();
        }
        try (NoThreads shortage = new NoThreads()) {
            SinkRunner.closeAll(runners);
        }

        assertThat(closed.getCount()).isZero();
        assertThat(sink.closed).hasValue(1);
    }

    @Test
    void aRunnerThatGetsNoThreadDoesNotRunAndItsSinkIsClosed() {
        try (NoThreads shortage = new NoThreads()) {
            assertThatThrownBy(runner::start).isInstanceOf(OutOfMemoryError.class);
            assertThat(runner.isRunning()).isFalse();
            runner.close();
        }

        assertThat(sink.closed).hasValue(1);
    }

    @Test
    void anIdleSinkStopsAtOnceAndClosingTwiceIsClosingOnce() throws Exception {
        runner.start();
        await().until(() -> sink.idleTurns.get() > 0);
        runner.close();
        runner.close();

        assertThat(runner.isRunning()).isFalse();
        assertThat(sink.closed).hasValue(1);
    }

    private SinkRunner runner(Duration stopGrace) {
        return runner(sink, stopGrace);
    }

    private SinkRunner runner(Sink sink, Duration stopGrace) {
        Backoff backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(5), new SplittableRandom());
        return new SinkRunner("k1", sink, channel, metrics, backoff, stopGrace, new FakeClock());
    }

    private Object gauge(String name) {
        return registry.getGauges().get("sink.k1." + name).getValue();
    }

    /** Takes its time to close. */
    private record ClosingSink(Closing closing) implements Sink {
        interface Closing {
            void run() throws InterruptedException;
        }

        @Override
        public void start() {}

        @Override
        public Drain drain() {
            return Drain.IDLE;
        }

        @Override
        public void close() {
            try {
                closing.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Its turn ends only once all that were told to stop have been interrupted. */
    private static final class StubbornSink implements Sink {
        private final CountDownLatch inTurn = new CountDownLatch(1);
        private final CountDownLatch interrupted;
        private volatile boolean closed;

        StubbornSink(CountDownLatch interrupted) {
            this.interrupted = interrupted;
        }

        @Override
        public void start() {}

        @Override
        public Drain drain() throws InterruptedException {
            inTurn.countDown();
            try {
                new CountDownLatch(1).await();
                return Drain.IDLE;
            } catch (InterruptedException e) {
                interrupted.countDown();
                interrupted.await();
                throw e;
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Delivers to a counter, unless told to fail or to hang. */
    private final class ScriptedSink implements Sink {
        private final AtomicInteger turns = new AtomicInteger();
        private final AtomicInteger idleTurns = new AtomicInteger();
        private final AtomicInteger delivered = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger failures = new AtomicInteger();
        private volatile RuntimeException unforeseen;
        private volatile Error fatal;
        private volatile CountDownLatch hold;
        private volatile boolean interrupted;
        private volatile boolean refusesToStart;
        private volatile Duration idleLimit = LONG.multipliedBy(10);

        @Override
        public void start() throws StartException {
            if (refusesToStart) {
                throw new StartException("refused");
            }
        }

        @Override
        public Drain drain() throws DeliveryException, InterruptedException {
            turns.incrementAndGet();
            if (fatal != null) {
                throw fatal;
            }
            try (Transaction transaction = channel.begin()) {
                EventBatch batch = transaction.take(100);
                if (batch == null) {
                    idleTurns.incrementAndGet();
                    return Drain.IDLE;
                }
                deliver();
                transaction.commit();
                delivered.addAndGet(batch.events());
                metrics.drainSuccesses.inc(batch.events());
                return Drain.DELIVERED;
            }
        }

        @Override
        public Duration idleLimit() {
            return idleLimit;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }

        private void deliver() throws DeliveryException, InterruptedException {
            if (unforeseen != null) {
                throw unforeseen;
            }
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new DeliveryException("peer is down");
            }
            if (hold != null) {
                try {
                    hold.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    throw e;
                }
            }
        }
    }
}
