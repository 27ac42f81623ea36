package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HadoopCallsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final CountDownLatch release = new CountDownLatch(1);
    private final ScarceThreads threads = ScarceThreads.plenty();
    /** Passes only where a test has it pass: on a machine that is slow, no call takes long that is not meant to. */
    private final AtomicLong nanos = new AtomicLong();

    private final List<HadoopCalls> opened = new ArrayList<>();
    private final HadoopCalls calls = calls(2, TIMEOUT, nanos::get);

    @AfterEach
    void close() {
        release.countDown();
        opened.forEach(HadoopCalls::close);
    }

    private HadoopCalls calls(int width, Duration timeout, LongSupplier nanoTime) {
        HadoopCalls made = new HadoopCalls(width, timeout, threads, nanoTime);
        opened.add(made);
        return made;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aCallThatHangsIsGivenUpAndTheOthersGoOn() {
        HadoopCalls one = calls(1, TIMEOUT, nanos::get);
        Piece hangs = new Piece(this::hang);
        List<Piece> pieces = new ArrayList<>(List.of(hangs));
        for (int i = 0; i < 10; i++) {
            pieces.add(new Piece(() -> {}));
        }

        one.run(pieces, TIMEOUT.multipliedBy(2));

        assertThat(hangs.failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("200 ms");
        assertThat(pieces.subList(1, 11)).allMatch(piece -> piece.succeeded);
        assertThat(one.hanging()).isEqualTo(1);
    }

    @Test
    void workThatMakesProgressIsNeverGivenUp() {
        Thread waiting = Thread.currentThread();
        CountDownLatch looked = new CountDownLatch(1);
        HadoopCalls watched = calls(1, TIMEOUT, () -> {
            long now = nanos.get();
            if (Thread.currentThread().equals(waiting) && now > TIMEOUT.toNanos()) {
                looked.countDown();
            }
            return now;
        });
        Piece slow = new Piece(() -> {
            for (int calls = 0; calls < 2; calls++) { // longer than the time-out only together
                HadoopCalls.progress();
                pass(TIMEOUT.multipliedBy(3).dividedBy(4));
            }
            awaitUninterruptibly(looked);
        });

        watched.runAll(List.of(slow));

        assertThat(slow.succeeded).isTrue();
    }

    @Test
    void whoComesBackAfterBeingGivenUpIsStoppedAndNoLongerCounted() {
        AtomicReference<IOException> afterwards = new AtomicReference<>();
        Piece hangs = new Piece(() -> {
            hang();
            try {
                HadoopCalls.progress();
            } catch (IOException e) {
                afterwards.set(e);
            }
        });
        calls.runAll(List.of(hangs));
        assertThat(((CallTimeoutException) hangs.failure).over().getAsBoolean()).isFalse();

        release.countDown();

        await().until(() -> calls.hanging() == 0);
        assertThat(((CallTimeoutException) hangs.failure).over().getAsBoolean()).isTrue();
        assertThat(afterwards.get()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void nothingMoreIsBegunWhileTooManyHang() {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pieces.add(new Piece(this::hang));
        }

        calls.runAll(pieces);

        assertThat(pieces).allMatch(piece -> piece.failure != null);
        assertThat(pieces).filteredOn(piece -> !piece.begun).hasSizeGreaterThanOrEqualTo(16);
        assertThat(calls.hanging()).isBetween(2, 4);
    }

    @Test
    void anInterruptDoesNotLeaveWorkUnderWay() {
        Piece piece = new Piece(HadoopCalls::progress);
        Thread.currentThread().interrupt();

        calls.runAll(List.of(piece));

        boolean flagged = Thread.interrupted();
        assertThat(piece.succeeded).isTrue();
        assertThat(calls.clearInterrupted() || flagged).isTrue();
    }

    @Test
    void anInterruptIsRememberedAlsoWhenTheWorkIsGivenUp() {
        Piece piece = new Piece(this::hang);
        Thread.currentThread().interrupt();

        calls.runAll(List.of(piece));

        boolean flagged = Thread.interrupted();
        assertThat(piece.failure).isInstanceOf(CallTimeoutException.class);
        assertThat(calls.clearInterrupted() || flagged).isTrue();
        assertThat(calls.clearInterrupted()).isFalse();
    }

    @Test
    void whatHadoopThrowsUncheckedIsAFailureLikeAnyOther() {
        Piece piece = new Piece(() -> {
            throw new IllegalArgumentException("Wrong FS");
        });

        calls.runAll(List.of(piece));

        assertThat(piece.failure).hasMessageContaining("Wrong FS");
    }

    @Test
    void aCallThatTakesLongIsNotWaitedForAndWhatComesOfItIsToldLater() {
        HadoopCalls patient = calls(1, Duration.ZERO, nanos::get);
        Piece slow = new Piece(this::takeLong);
        patient.run(List.of(slow), PATIENCE);
        assertThat(slow.slow).isTrue();
        assertThat(patient.isUnderWay()).isTrue();
        assertThat(patient.hanging()).isEqualTo(1);
        patient.collect();
        assertThat(slow.succeeded).isFalse();

        release.countDown();
        await().until(() -> patient.hanging() == 0);
        patient.collect();
        assertThat(slow.succeeded).isTrue();
        assertThat(patient.isUnderWay()).isFalse();
    }

    @Test
    void whoDoesNotWaitHasTwiceTheThreadsBeforeNothingMoreIsBegun() {
        HadoopCalls patient = calls(1, Duration.ZERO, nanos::get);
        List<Piece> pieces = List.of(new Piece(this::takeLong), new Piece(this::takeLong), new Piece(this::takeLong));
        patient.run(pieces, PATIENCE);

        assertThat(pieces.subList(0, 2)).allMatch(piece -> piece.slow);
        assertThat(pieces.get(2).failure).hasMessageContaining("2 calls to the file system hang");
        assertThat(pieces.get(2).begun).isFalse();
        release.countDown();
        patient.collectAll();
        assertThat(pieces.subList(0, 2)).allMatch(piece -> piece.succeeded);
    }

    @Test
    void anErrorIsToldToItsWorkAndToWhoWaits() {
        Piece broken = new Piece(() -> {
            throw new OutOfMemoryError("injected");
        });
        Piece other = new Piece(() -> {});

        assertThatThrownBy(() -> calls.runAll(List.of(broken, other))).isInstanceOf(OutOfMemoryError.class);
        assertThat(broken.failure).hasMessageContaining("injected");
        assertThat(other.succeeded).isTrue();
    }

    @Test
    void oneThatTakesLongFreesItsThreadForOthersAndIsGivenUpInTheEnd() {
        Piece slow = new Piece(this::takeLong);
        calls.run(List.of(slow), PATIENCE);
        Piece quick = new Piece(() -> {});
        calls.run(List.of(quick), PATIENCE);
        assertThat(quick.succeeded).isTrue();

        pass(TIMEOUT);
        calls.collectAll();
        assertThat(slow.failure).isInstanceOf(CallTimeoutException.class);
        assertThat(calls.hanging()).isEqualTo(1);
    }

    @Test
    void whatTheSystemHasNoThreadForIsDoneByThoseThatThereAre() {
        threads.leave(1);
        List<Piece> pieces = List.of(new Piece(() -> {}), new Piece(() -> {}), new Piece(() -> {}));

        calls.runAll(pieces);

        assertThat(pieces).allMatch(piece -> piece.succeeded);
    }

    @Test
    void whereThereIsNoThreadAtAllNothingIsBegun() {
        threads.leave(0);
        List<Piece> pieces = List.of(new Piece(() -> {}), new Piece(() -> {}));
        calls.runAll(pieces);
        assertThat(pieces)
                .allMatch(piece -> !piece.begun)
                .allSatisfy(piece -> assertThat(piece.failure).hasMessageContaining("no thread"));

        threads.leave(2);
        Piece later = new Piece(() -> {});
        calls.runAll(List.of(later));
        assertThat(later.succeeded).isTrue();
        assertThat(pieces).as("what is not begun never will be").noneMatch(piece -> piece.ran);
    }

    @Test
    void whereTheOnlyThreadHangsItsCallGoesOnAndTheOthersAreNotBegun() {
        threads.leave(1);
        Piece slow = new Piece(this::takeLong);
        Piece other = new Piece(() -> {});
        calls.run(List.of(slow, other), PATIENCE);
        assertThat(slow.slow).isTrue();
        assertThat(slow.failure).isNull();
        assertThat(other.failure).hasMessageContaining("no thread");
        assertThat(other.begun).isFalse();

        release.countDown();
        calls.collectAll();
        assertThat(slow.succeeded).isTrue();
    }

    @Test
    void whereTheOnlyThreadIsGivenUpTheOthersAreNotBegun() {
        threads.leave(1);
        Piece hangs = new Piece(this::hang);
        Piece other = new Piece(() -> {});
        calls.runAll(List.of(hangs, other));
        assertThat(hangs.failure).isInstanceOf(CallTimeoutException.class);
        assertThat(other.failure).hasMessageContaining("no thread");
        assertThat(other.begun).isFalse();

        release.countDown();
        await().until(() -> calls.hanging() == 0);
    }

    @Test
    void whereTheHeapIsFullWhatIsQueuedIsWaitedForAndTheRestIsNotBegun() {
        HadoopCalls one = new HadoopCalls(1, TIMEOUT, threads, nanos::get, new FullQueue(1));
        opened.add(one);
        List<Piece> pieces =
                List.of(new Piece(() -> {}), new Piece(() -> {}), new Piece(() -> {}), new Piece(() -> {}));

        assertThatThrownBy(() -> one.runAll(pieces))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("Java heap space");
        assertThat(pieces.subList(0, 2)).allMatch(piece -> piece.succeeded);
        assertThat(pieces.subList(2, 4))
                .allMatch(piece -> !piece.begun && !piece.ran)
                .allSatisfy(piece -> assertThat(piece.failure).hasMessageContaining("Java heap space"));
    }

    /** The heap has room for so many in it. */
    private static final class FullQueue extends LinkedBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1;

        private final AtomicInteger room;

        FullQueue(int room) {
            this.room = new AtomicInteger(room);
        }

        @Override
        public boolean offer(Runnable call) {
            if (room.getAndDecrement() <= 0) {
                throw new OutOfMemoryError("Java heap space");
            }
            return super.offer(call);
        }
    }

    /** Longer than the time-out. */
    private void hang() {
        pass(TIMEOUT);
        awaitUninterruptibly(release);
    }

    /** Longer than a turn has patience. */
    private void takeLong() {
        pass(PATIENCE);
        awaitUninterruptibly(release);
    }

    /** As one waits for a socket: an interrupt does not wake it. */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = true;
        while (interrupted) {
            try {
                latch.await();
                interrupted = false;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static final class Piece implements HadoopCalls.Work {
        private final Action action;
        private IOException failure;
        private volatile boolean ran;
        private boolean begun = true;
        private boolean succeeded;
        private boolean slow;

        Piece(Action action) {
            this.action = action;
        }

        @Override
        public void run() throws IOException {
            ran = true;
            action.run();
        }

        @Override
        public void succeeded() {
            succeeded = true;
        }

        @Override
        public void slow() {
            slow = true;
        }

        @Override
        public void failed(IOException cause, boolean begun) {
            failure = cause;
            this.begun = begun;
        }
    }
}
