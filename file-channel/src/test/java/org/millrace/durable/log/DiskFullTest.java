package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;

class DiskFullTest {
    private static final int SLOTS = 8;
    private static final int EVENTS = 10;

    private final SimulatedDisks disks = new SimulatedDisks(3);
    private final SimulatedStorage disk = disks.add("one", SLOTS * TestLog.SEGMENT_BYTES + 8192);
    private final TestLog test = new TestLog();

    @Test
    void refusesPutsOnceTheDiskIsFullAndLosesNothing() throws Exception {
        AtomicInteger changes = new AtomicInteger();
        int acked;
        try (DurableLog log = test.open(disk)) {
            log.onChange(changes::incrementAndGet);
            acked = fill(log);
            assertThat(log.isFull()).isTrue();
            assertThat(log.trouble()).as("a full disk is no failure").isNull();
            assertThat(changes).hasValue(1);
            assertThat(log.figures().segmentsFree()).isEqualTo(SlotPool.KEPT_BACK);
        }

        assertThat(WrittenLog.in(disk).numbers).hasSize(acked);
    }

    @Test
    void positionsAreWrittenForEverOnAFullDisk() throws Exception {
        try (DurableLog log = test.open(disk)) {
            fill(log);
            long rollsBefore = test.count("rolls");
            for (int event = 1; test.count("rolls") < rollsBefore + 5; event = event % EVENTS + 1) {
                log.commitAndWait(Positions.upTo(event));
            }
            assertThat(log.isFull()).isTrue();
            await().untilAsserted(
                            () -> // a slot may be on its way from one to the other
                            assertThat(log.figures().segmentsInUse()
                                            + log.figures().segmentsFree())
                                    .isEqualTo(SLOTS));
        }
    }

    @Test
    void takesPutsAgainOnceReadersHaveMadeRoom() throws Exception {
        try (DurableLog log = test.open(disk)) {
            int acked = fill(log);
            log.commit(Positions.upTo(acked));
            await().until(() -> !log.isFull());
            assertThat(fill(log)).isGreaterThan(EVENTS);
        }
    }

    @Test
    void takesPutsAgainOnceSomebodyElseHasMadeRoom() throws Exception {
        try (DurableLog log = test.open(disk)) {
            fill(log);
            disk.setCapacity(2 * SLOTS * TestLog.SEGMENT_BYTES);
            await().until(() -> !log.isFull());
            assertThat(fill(log)).isGreaterThan(EVENTS);
        }
    }

    @Test
    void isFullFromTheStartWhereThereIsNoRoomAtAll() throws Exception {
        disk.setCapacity(TestLog.SEGMENT_BYTES / 2);
        try (DurableLog log = test.open(disk)) {
            assertThat(fill(log)).isZero();
            disk.setCapacity(SLOTS * TestLog.SEGMENT_BYTES);
            await().until(() -> !log.isFull());
            assertThat(fill(log)).isPositive();
        }
    }

    @Test
    void aDiskThatDoesNotGiveSlotsIsTroubleAndRefusesPutsToo() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            disks.failNth(Operation.CREATE_ZEROED, 1, true);
            fill(log);
            assertThat(log.isFull()).isTrue();
            assertThat(log.trouble()).contains("Input/output error");
            disks.heal();
            await().until(() -> !log.isFull());
            assertThat(log.trouble()).isNull();
        }
    }

    @Test
    void leavesTheReserveUntouched() throws Exception {
        test.reserveBytes = 3 * TestLog.SEGMENT_BYTES;
        try (DurableLog log = test.open(disk)) {
            fill(log);
            assertThat(disk.usableBytes()).isGreaterThanOrEqualTo(test.reserveBytes);
        }
    }

    @Test
    void takesPutsAgainWhereThereIsRoomForOneSegmentOnly() throws Exception {
        disk.setCapacity((SlotPool.KEPT_BACK + 1) * TestLog.SEGMENT_BYTES + 8192);
        try (DurableLog log = test.open(disk)) {
            int acked = 0;
            for (int round = 0; round < 3; round++) {
                acked += fill(log);
                log.commit(Positions.upTo(acked));
                await().until(() -> !log.isFull());
            }
            assertThat(put(log, 0).get()).isEqualTo(acked);
        }
    }

    @Test
    void takesPutsAgainWhereAllHadBeenCommittedBeforeItWasFull() throws Exception {
        disk.setCapacity((SlotPool.KEPT_BACK + 1) * TestLog.SEGMENT_BYTES + 8192);
        try (DurableLog log = test.open(disk)) {
            TestPut half = TestPut.sized(TestLog.SEGMENT_BYTES / 2);
            log.append(half);
            half.get();
            log.commitAndWait(Positions.upTo(1));
            TestPut other = TestPut.sized(TestLog.SEGMENT_BYTES / 2);
            log.append(other);
            assertThatThrownBy(other::get).hasCauseInstanceOf(ChannelFullException.class);
            await().until(() -> !log.isFull());
            assertThat(put(log, 0).get()).isEqualTo(1);
        }
    }

    @Test
    void takesPutsAgainThoughNothingIsForcedButARoll() throws Exception {
        test.durability = Durability.OS;
        test.forceInterval = Duration.ofMillis(1);
        try (DurableLog log = test.open(disk)) {
            while (!log.isFull()) {
                TestPut half = TestPut.sized(TestLog.SEGMENT_BYTES / 2); // and so positions need no roll
                log.append(half);
                half.exceptionally(full -> null).join();
            }
            log.commit(Positions.upTo(3));
            await().until(() -> !log.isFull());
            assertThat(put(log, 0).get()).isGreaterThan(3);
        }
    }

    @Test
    void saysWhichDirectoryIsFullAndWhichKeyToLower() throws Exception {
        try (DurableLog log = test.open(disk)) {
            fill(log);
            assertThatThrownBy(() -> put(log, 0).get())
                    .hasCauseInstanceOf(ChannelFullException.class)
                    .hasMessageContaining("channel ")
                    .hasMessageContaining(disk.path().toString())
                    .hasMessageContaining("lower minimumRequiredSpace");
        }
    }

    /** Puts until the disk is full; gives the number of events that went in. */
    private static int fill(DurableLog log) throws InterruptedException {
        for (int number = 0; ; number += EVENTS) {
            TestPut put = put(log, number);
            try {
                put.get();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(ChannelFullException.class);
                assertThatThrownBy(() -> put(log, 0).get()).hasCauseInstanceOf(ChannelException.class);
                return number;
            }
        }
    }

    private static TestPut put(DurableLog log, int number) {
        TestPut put = TestPut.numbered(number, EVENTS);
        log.append(put);
        return put;
    }
}
