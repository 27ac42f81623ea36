package org.millrace.api.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;

class SourceLoopTest {
    private static final Pauses SHORT = Pauses.constant(Duration.ofMillis(1));
    private static final Pauses LONG = Pauses.constant(Duration.ofHours(1));

    private final SourceMetrics metrics = new SourceMetrics("s", new MetricRegistry());
    private final FakeInlet inlet = new FakeInlet();
    private final FakeReader reader = new FakeReader();
    private @Nullable SourceLoop loop;

    /** Elsewhere the test kit sees to that, which is built on this module. */
    @BeforeAll
    static void bePatient() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    @AfterEach
    void stop() {
        inlet.gate.countDown();
        if (loop != null) {
            loop.close();
        }
    }

    @Test
    void eachBatchIsPutThenCommittedAndCounted() {
        reader.steps.add("1");
        reader.steps.add("2");
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 2);
        assertThat(inlet.bodies).containsExactly("1", "2");
        assertThat(metrics.eventsReceived.getCount()).isEqualTo(2);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(2);
        assertThat(metrics.appendBatchesReceived.getCount()).isEqualTo(2);
        assertThat(metrics.appendBatchesAccepted.getCount()).isEqualTo(2);
        assertThat(reader.rollbacks).hasValue(0);
    }

    @Test
    void aRefusedBatchIsPutUntilItIsTakenAndNothingIsReadMeanwhile() {
        inlet.refusalsLeft.set(3);
        reader.steps.add("1");
        reader.steps.add("2");
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 2);
        assertThat(inlet.bodies).containsExactly("1", "2");
        assertThat(metrics.channelWriteFails.getCount()).isEqualTo(3);
        assertThat(metrics.eventsReceived.getCount()).isEqualTo(2);
    }

    @Test
    void aFailureToReadIsCountedAndTriedAgain() {
        reader.steps.add("fail");
        reader.steps.add("1");
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 1);
        assertThat(metrics.eventReadFails.getCount()).isEqualTo(1);
        assertThat(inlet.bodies).containsExactly("1");
    }

    @Test
    void aFailureToCommitIsCountedAndTheNextBatchIsRead() {
        reader.commitFails = true;
        reader.steps.add("1");
        reader.steps.add("2");
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 2);
        assertThat(inlet.bodies).containsExactly("1", "2");
        await().until(() -> metrics.eventReadFails.getCount() == 2);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(2);
    }

    /** That it can be read in between says nothing of whether it can be committed again. */
    @Test
    void aRowOfFailedCommitsIsTriedEverLessOften() {
        reader.commitFails = true;
        for (int i = 0; i < 32; i++) { // over in no time, if each pause were the first one
            reader.steps.add("1");
        }
        start(SHORT, SHORT, Pauses.doubling(Duration.ofMillis(1), Duration.ofDays(1)));
        await().until(() -> reader.commits.get() >= 8);
        await().during(Duration.ofMillis(500)).until(() -> !reader.steps.isEmpty());
    }

    @Test
    void whatNobodyForesawEndsTheThreadAndIsCounted() {
        reader.steps.add("bug");
        start(SHORT, SHORT);
        await().until(() -> metrics.genericFails.getCount() == 1);
        loop().close();
        assertThat(reader.closes).hasValue(1);
    }

    @Test
    void aLoopThatEndsOfAnErrorGivesBackItsBatchAndWhatItReadsAtOnceAndOnce() {
        inlet.failure = new StackOverflowError("as told");
        reader.steps.add("1");
        start(SHORT, SHORT);
        await().until(() -> reader.closes.get() == 1);
        assertThat(reader.rollbacks).hasValue(1);
        loop().close();
        assertThat(reader.closes).hasValue(1);
        assertThat(reader.rollbacks).hasValue(1);
        assertThat(metrics.genericFails.getCount()).isEqualTo(1);
    }

    @Test
    void whatGivingABatchBackThrowsDoesNotKeepTheReaderOpen() {
        inlet.failure = new StackOverflowError("as told");
        reader.rollbackFailure = new NoClassDefFoundError("as told");
        reader.steps.add("1");
        start(SHORT, SHORT);
        await().until(() -> reader.closes.get() == 1);
        assertThat(reader.rollbacks).hasValue(1);
    }

    @Test
    void aLoopThatEndsBetweenTwoBatchesGivesNoneBack() {
        reader.steps.addAll(List.of("1", "bug"));
        start(SHORT, SHORT);
        await().until(() -> reader.closes.get() == 1);
        assertThat(reader.commits).hasValue(1);
        assertThat(reader.rollbacks).hasValue(0);
    }

    @Test
    void aStopWhileTheChannelsRefuseGivesTheBatchBack() {
        inlet.refusalsLeft.set(Integer.MAX_VALUE);
        reader.steps.add("1");
        start(SHORT, LONG);
        await().until(() -> metrics.channelWriteFails.getCount() == 1);
        loop().close();
        assertThat(reader.rollbacks).hasValue(1);
        assertThat(reader.commits).hasValue(0);
        assertThat(metrics.eventsAccepted.getCount()).isZero();
    }

    @Test
    void aStopLetsThePutUnderWayComeToItsEnd() throws InterruptedException {
        inlet.gate = new CountDownLatch(1);
        reader.steps.add("1");
        start(SHORT, SHORT);
        await().until(() -> inlet.puts.get() == 1);
        Thread closing = new Thread(loop()::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        inlet.gate.countDown();
        closing.join();
        assertThat(reader.commits).hasValue(1);
        assertThat(inlet.bodies).containsExactly("1");
    }

    @Test
    void aLongPauseDoesNotHoldUpAStopAndTheReaderIsClosedOnce() {
        start(LONG, LONG);
        loop().close();
        loop().close();
        assertThat(reader.wakes).hasValue(1);
        assertThat(reader.closes).hasValue(1);
        assertThat(metrics.flumeAttributes().get("StopTime").getValue()).isNotEqualTo(0L);
    }

    @Test
    void eventsThatNobodyCanReadAgainArePutBeforeTheEnd() throws InterruptedException {
        inlet.gate = new CountDownLatch(1);
        reader.holdsWhatIsLeft = true;
        reader.steps.addAll(List.of("1", "2", "3"));
        start(SHORT, SHORT);
        await().until(() -> inlet.puts.get() == 1);
        Thread closing = new Thread(loop()::close);
        closing.start();
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        inlet.gate.countDown();
        closing.join();
        assertThat(inlet.bodies).containsExactly("1", "2", "3");
    }

    @Test
    void anEventThatNoChannelCanEverTakeIsLeftOutAndCounted() {
        reader.steps.addAll(List.of("1", "too-large", "2"));
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 2 + 1);
        assertThat(inlet.bodies).containsExactly("1", "2");
        assertThat(metrics.counter("eventsTooLarge").getCount()).isEqualTo(1);
        assertThat(metrics.eventsAccepted.getCount()).isEqualTo(2);
    }

    @Test
    void theReaderHearsHowManyEventsOfABatchPutInPartsAreDone() {
        inlet.mostEvents = 2;
        reader.steps.addAll(List.of("1 2 3 too-large 5", "6"));
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 2);
        assertThat(inlet.bodies).containsExactly("1", "2", "3", "5", "6");
        assertThat(reader.partsDone).containsExactly(2, 3, 4);
    }

    @Test
    void whatIsPutInFrontOfAnEventThatIsKeptBackIsDone() {
        reader.keepsBack = true;
        reader.steps.addAll(List.of("1 2 3 too-large", "5"));
        start(SHORT, SHORT);
        await().until(() -> reader.commits.get() == 1);
        assertThat(inlet.bodies).containsExactly("1", "2", "3", "5");
        assertThat(reader.partsDone).containsExactly(2, 3);
    }

    private void start(Pauses idle, Pauses refused) {
        start(idle, refused, SHORT);
    }

    private void start(Pauses idle, Pauses refused, Pauses failed) {
        SourceContext context = new SourceContext("a", "s", inlet, metrics, InstantSource.system());
        loop = new SourceLoop(context, new SourceLoop.Pace(idle, refused, failed));
        loop.start("test", reader);
    }

    private SourceLoop loop() {
        if (loop == null) {
            throw new AssertionError("not started");
        }
        return loop;
    }

    /** Reads what it was told: bodies, or a way to fail. */
    private static final class FakeReader implements BatchReader {
        final BlockingQueue<String> steps = new LinkedBlockingQueue<>();
        final AtomicInteger commits = new AtomicInteger();
        final AtomicInteger rollbacks = new AtomicInteger();
        final AtomicInteger wakes = new AtomicInteger();
        final AtomicInteger closes = new AtomicInteger();
        final List<Integer> partsDone = new CopyOnWriteArrayList<>();
        volatile boolean keepsBack;
        volatile boolean commitFails;
        volatile @Nullable Error rollbackFailure;
        volatile boolean holdsWhatIsLeft;

        @Override
        public @Nullable EventBatch read() throws IOException {
            String step = steps.poll();
            if (step == null) {
                return null;
            }
            if (step.equals("fail")) {
                throw new IOException("as told");
            }
            if (step.equals("bug")) {
                throw new IllegalStateException("as told");
            }
            try (EventBatchBuilder builder = new EventBatchBuilder()) {
                for (String body : step.split(" ")) {
                    builder.add(Map.of(), body.getBytes(StandardCharsets.UTF_8));
                }
                return builder.build();
            }
        }

        @Override
        public void commit() throws IOException {
            commits.incrementAndGet();
            if (commitFails) {
                throw new IOException("as told");
            }
        }

        @Override
        public void commitFirst(int events) {
            partsDone.add(events);
        }

        @Override
        public boolean keepsBack(BatchTooLargeException why) {
            return keepsBack;
        }

        @Override
        public void rollback() {
            rollbacks.incrementAndGet();
            Error failure = rollbackFailure;
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public boolean holdsEvents() {
            return holdsWhatIsLeft && !steps.isEmpty();
        }

        @Override
        public void wake() {
            wakes.incrementAndGet();
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    /** Keeps what it gets, after as many refusals as it was told. */
    private static final class FakeInlet implements Inlet {
        final List<String> bodies = new CopyOnWriteArrayList<>();
        final AtomicInteger puts = new AtomicInteger();
        final AtomicInteger refusalsLeft = new AtomicInteger();
        volatile @Nullable Error failure;
        volatile int mostEvents = Integer.MAX_VALUE;
        volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public void put(EventBatch batch) throws InterruptedException {
            puts.incrementAndGet();
            try {
                gate.await();
                Error thrown = failure;
                if (thrown != null) {
                    throw thrown;
                }
                if (refusalsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new ChannelException("full");
                }
                List<String> put = new ArrayList<>();
                if (batch.events() > mostEvents) {
                    throw new BatchTooLargeException("as told");
                }
                EventReader event = batch.reader();
                while (event.next()) {
                    String body = new String(event.body(), StandardCharsets.UTF_8);
                    if (body.equals("too-large")) {
                        throw new BatchTooLargeException("as told");
                    }
                    put.add(body);
                }
                bodies.addAll(put);
            } finally {
                batch.release();
            }
        }

        @Override
        public CompletableFuture<Void> submit(EventBatch batch) {
            throw new UnsupportedOperationException("the source has a thread of its own");
        }

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void onRoom(Runnable action) {
            action.run();
        }
    }
}
