package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Stall;

class PositionsTest {
    private final SimulatedDisks disks = new SimulatedDisks(5);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @Test
    void rideWithTheNextPut() throws Exception {
        test.positionsInterval = Duration.ofDays(1);
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            log.commit(Positions.upTo(7));
            long writes = disks.count(Operation.WRITE);
            put(log, 10).get();
            assertThat(disks.count(Operation.WRITE)).isEqualTo(writes + 1);
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isEqualTo(7);
    }

    @Test
    void areWrittenAloneWhenNoPutComes() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            long forces = disks.count(Operation.FORCE);
            log.commit(Positions.upTo(7));
            await().until(() -> disks.count(Operation.FORCE) > forces);
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isEqualTo(7);
    }

    @Test
    void areOnDiskWhenCommitAndWaitReturns() throws Exception {
        test.positionsInterval = Duration.ofDays(1);
        byte[] attached = new byte[100_000 / 4];
        attached[3] = 5;
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            log.commitAndWait(Positions.attaching(3, attached));
            disks.cutPower();
        }
        disks.restart();

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.state.watermark(TestLog.READER)).isEqualTo(3);
        assertThat(written.state.attached(TestLog.READER, "sink")).isEqualTo(attached);
    }

    @Test
    void thatAreTooLongToRideStandBesideTheGroup() throws Exception {
        test.positionsInterval = Duration.ofDays(1);
        test.segmentBytes = 1 << 20;
        byte[] attached = new byte[2 * GroupBuffer.POSITIONS_ROOM_BYTES];
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            log.commit(Positions.attaching(5, attached));
            put(log, 10).get();
            disks.cutPower();
        }
        disks.restart();

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.numbers).hasSize(20);
        assertThat(written.state.attached(TestLog.READER, "sink")).hasSize(attached.length);
    }

    @Test
    void thatAreTooLongForASegmentAreNoFailureOfTheDisk() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            log.commit(Positions.attaching(5, new byte[TestLog.SEGMENT_BYTES]));
            await().until(log::isFull);
            assertThatThrownBy(() -> put(log, 10).get())
                    .hasCauseInstanceOf(ChannelException.class)
                    .hasMessageContaining("what is attached to them take")
                    .hasMessageContaining("raise segmentSize");
            assertThat(test.count("ioErrors")).isZero();
            log.commit(Positions.attaching(5, new byte[0]));
            await().until(() -> !log.isFull());
            assertThat(put(log, 10).get()).isEqualTo(10);
            disks.cutPower();
        }
        disks.restart();

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.numbers).hasSize(20);
        assertThat(written.state.owners(TestLog.READER)).isEmpty();
    }

    @Test
    void thatWereCommittedBeforeCloseAreThereAfterIt() throws Exception {
        test.positionsInterval = Duration.ofDays(1);
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            log.commit(Positions.upTo(9));
        }
        try (DurableLog log = test.open(disk)) {
            assertThat(log.recovered().watermark(TestLog.READER)).isEqualTo(9);
            assertThat(log.recoveredEnd()).isEqualTo(10);
        }
    }

    @Test
    void thatAreInterruptedBeforeTheDiskHasThemAreTakenBack() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            Stall stall = disks.stall(Operation.WRITE);
            TestPut put = put(log, 10);
            stall.awaitArrival();
            Waiter waiter = new Waiter(log, Positions.upTo(4));
            waiter.interrupt();
            assertThat(waiter.outcome()).isInstanceOf(InterruptedException.class);
            stall.open();
            put.get();
            put(log, 20).get();
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isZero();
    }

    @Test
    void thatTheDiskHasAreWaitedForThoughTheOneWhoWaitsIsInterrupted() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            Stall stall = disks.stall(Operation.FORCE);
            Waiter waiter = new Waiter(log, Positions.upTo(4));
            stall.awaitArrival();
            waiter.interrupt();
            stall.open();
            assertThat(waiter.outcome())
                    .as("done, and the interrupt is still there")
                    .isNull();
            assertThat(waiter.isInterrupted).isTrue();
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isEqualTo(4);
    }

    @Test
    void thatTheDiskHasAndFailsToWriteAreSaidToHaveFailedThoughTheOneWhoWaitsIsInterrupted() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            Stall stall = disks.stall(Operation.FORCE);
            disks.failNth(Operation.FORCE, 1, true);
            Waiter waiter = new Waiter(log, Positions.upTo(4));
            stall.awaitArrival();
            waiter.interrupt();
            stall.open();
            assertThat(waiter.outcome()).isInstanceOf(ChannelException.class);
            assertThat(waiter.isInterrupted).isTrue();
            disks.heal();
        }

        assertThat(WrittenLog.in(disk).state.watermark(TestLog.READER)).isZero();
    }

    /** Commits and waits, on a thread of its own. */
    private static final class Waiter {
        private final CompletableFuture<@Nullable Exception> outcome = new CompletableFuture<>();
        private final Thread thread;
        private volatile boolean isInterrupted;

        Waiter(DurableLog log, PositionUpdate update) {
            thread = new Thread(() -> {
                Exception failure = null;
                try {
                    log.commitAndWait(update);
                } catch (InterruptedException | ChannelException e) {
                    failure = e;
                }
                isInterrupted = Thread.currentThread().isInterrupted();
                outcome.complete(failure);
            });
            thread.setDaemon(true);
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        /** Null if it is done. */
        @Nullable
        Exception outcome() throws Exception {
            return outcome.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aSegmentIsNotUsedAgainBeforeThePositionsThatFreeItAreForced() throws Exception {
        test.positionsInterval = Duration.ofDays(1);
        try (DurableLog log = test.open(disk)) {
            for (int number = 0; test.count("rolls") < 4; number += 10) {
                put(log, number).get();
            }
            await().until(() -> log.figures().segmentsFree() == SlotPool.KEPT_BACK + 1);
            int inUse = log.figures().segmentsInUse();
            Stall force = disks.stall(Operation.FORCE);
            log.commit(Positions.upTo(1_000_000));
            put(log, 0);
            force.awaitArrival();
            assertThat(log.figures().segmentsInUse()).isEqualTo(inUse);
            force.open();
            await().until(() -> log.figures().segmentsInUse() == 1);
        }
    }

    @Test
    void ofANewReaderBeginAtTheOldestEventThatIsNeeded() throws Exception {
        test.readers = List.of("a", "b");
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            log.commit(new PositionUpdate("a", List.of(new EventRange(0, 8)), Map.of()));
            log.commit(new PositionUpdate("b", List.of(new EventRange(0, 4)), Map.of()));
        }
        test.readers = List.of("a", "c");
        try (DurableLog log = test.open(disk)) {
            assertThat(log.recovered().readers()).containsExactlyInAnyOrder("a", "c");
            assertThat(log.recovered().watermark("a")).isEqualTo(8);
            assertThat(log.recovered().watermark("c")).isEqualTo(4);
        }
        assertThat(WrittenLog.in(disk).state.readers()).containsExactlyInAnyOrder("a", "c");
    }

    private static TestPut put(DurableLog log, int number) {
        TestPut put = TestPut.numbered(number, 10);
        log.append(put);
        return put;
    }
}
