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
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HadoopCallsTest {
    private final CountDownLatch release = new CountDownLatch(1);
    private final HadoopCalls calls = new HadoopCalls("calls", 2, Duration.ofMillis(200), work -> work);

    @AfterEach
    void close() {
        release.countDown();
        calls.close();
    }

    @Test
    void aCallThatHangsIsGivenUpAndTheOthersGoOn() {
        Piece hangs = new Piece(this::hang);
        List<Piece> pieces = new ArrayList<>(List.of(hangs));
        for (int i = 0; i < 10; i++) {
            pieces.add(new Piece(() -> {}));
        }

        calls.runAll(pieces);

        assertThat(hangs.failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("200 ms");
        assertThat(pieces.subList(1, 11)).allMatch(piece -> piece.succeeded);
        assertThat(calls.hanging()).isEqualTo(1);
    }

    @Test
    void workThatMakesProgressIsNeverGivenUp() {
        Piece slow = new Piece(() -> {
            long end = System.nanoTime() + Duration.ofMillis(600).toNanos(); // three time-outs long
            while (System.nanoTime() < end) {
                HadoopCalls.progress();
                Thread.onSpinWait();
            }
        });

        calls.runAll(List.of(slow));

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
        Piece slow = new Piece(this::hang);
        try (HadoopCalls patient = new HadoopCalls("patient", 1, Duration.ZERO, work -> work)) {
            patient.run(List.of(slow), Duration.ofMillis(20));
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
    }

    @Test
    void whoDoesNotWaitHasTwiceTheThreadsBeforeNothingMoreIsBegun() {
        List<Piece> pieces = List.of(new Piece(this::hang), new Piece(this::hang), new Piece(this::hang));
        try (HadoopCalls patient = new HadoopCalls("patient", 1, Duration.ZERO, work -> work)) {
            patient.run(pieces, Duration.ofMillis(20));

            assertThat(pieces.subList(0, 2)).allMatch(piece -> piece.slow);
            assertThat(pieces.get(2).failure).hasMessageContaining("2 calls to the file system hang");
            assertThat(pieces.get(2).begun).isFalse();
            release.countDown();
            patient.collectAll();
            assertThat(pieces.subList(0, 2)).allMatch(piece -> piece.succeeded);
        }
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
        Piece slow = new Piece(this::hang);
        calls.run(List.of(slow), Duration.ofMillis(20));
        Piece quick = new Piece(() -> {});
        calls.run(List.of(quick), Duration.ofMillis(20));
        assertThat(quick.succeeded).isTrue();

        calls.collectAll();
        assertThat(slow.failure).isInstanceOf(CallTimeoutException.class);
        assertThat(calls.hanging()).isEqualTo(1);
    }

    /** Hangs as a socket does: an interrupt does not wake it. */
    private void hang() {
        boolean interrupted = true;
        while (interrupted) {
            try {
                release.await();
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
        private boolean begun = true;
        private boolean succeeded;
        private boolean slow;

        Piece(Action action) {
            this.action = action;
        }

        @Override
        public void run() throws IOException {
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
