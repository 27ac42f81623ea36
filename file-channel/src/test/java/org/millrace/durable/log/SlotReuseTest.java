package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;

class SlotReuseTest {
    private final SimulatedDisks disks = new SimulatedDisks(5);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @Test
    void aReaderThatKeepsUpLetsTheLogRunOnAFewSlotsForEver() throws Exception {
        try (DurableLog log = test.open(disk)) {
            for (int number = 0; test.count("rolls") < 50; number += 10) {
                put(log, number).get();
                log.commitAndWait(Positions.upTo(number + 10));
            }
        }
        assertThat(slots()).isLessThanOrEqualTo(6);
    }

    @Test
    void whatNobodyHasReadIsKept() throws Exception {
        int acked = 0;
        try (DurableLog log = test.open(disk)) {
            for (; test.count("rolls") < 20; acked += 10) {
                put(log, acked).get();
            }
            assertThat(log.figures().segmentsInUse()).isEqualTo(20);
        }
        assertThat(WrittenLog.in(disk).numbers).hasSize(acked);
    }

    @Test
    void whatIsReadIsKeptForTheRetentionHoweverLongItWaitedForThat() throws Exception {
        test.retention = Duration.ofHours(1);
        try (DrivenLog log = driven()) {
            int acked = fillSegments(log, 4);
            test.clock.advance(Duration.ofHours(5));
            commit(log, acked);
            test.clock.advance(Duration.ofMinutes(59));
            work(log);
            assertThat(log.log().figures().segmentsInUse()).isEqualTo(4);

            test.clock.advance(Duration.ofMinutes(2));
            work(log);
            assertThat(log.log().figures().segmentsInUse()).isEqualTo(1);
        }
    }

    @Test
    void retentionBeginsAnewWithAStart() throws Exception {
        test.retention = Duration.ofHours(1);
        try (DrivenLog log = driven()) {
            commit(log, fillSegments(log, 4));
        }
        test.clock.advance(Duration.ofHours(5));
        try (DrivenLog log = driven()) {
            work(log);
            assertThat(log.log().figures().segmentsInUse()).isEqualTo(5);
            test.clock.advance(Duration.ofMinutes(61));
            work(log);
            assertThat(log.log().figures().segmentsInUse()).isEqualTo(1);
        }
    }

    /** The positions are said after each force. They are news to the keeper only if a segment comes to its end by them. */
    @Test
    void segmentsThatAreKeptAreNotLookedAtWithEachForce() throws Exception {
        test.retention = Duration.ofHours(1);
        SlotPool pool = new SlotPool(test.settings(), List.of(disk), List.of(), test.patience);
        Segments segments = new Segments();
        for (int number = 1; number <= 50; number++) {
            segments.add(segment(number, 100L * number));
        }
        SlotKeeper keeper =
                new SlotKeeper(test.settings(), pool, segments, new LogStatus("c1", test.patience), test.clock);
        keeper.watermark(2500);
        keeper.work();
        pool.awaitWork(Long.MAX_VALUE); // it was woken for that
        for (int sequence = 2500; sequence < 2600; sequence++) {
            keeper.watermark(sequence);
        }
        Thread waiting = new Thread(() -> pool.awaitWork(Long.MAX_VALUE));
        waiting.start();
        await().until(() ->
                List.of(Thread.State.TIMED_WAITING, Thread.State.TERMINATED).contains(waiting.getState()));
        assertThat(waiting.isAlive()).as("nothing to do").isTrue();

        keeper.watermark(2600);
        waiting.join();
        assertThat(segments.all()).hasSize(50);
    }

    private Segment segment(int number, long firstSequence) {
        SegmentHeader header = new SegmentHeader(
                number, new UUID(7, 7), number, TestLog.SEGMENT_BYTES, firstSequence, 0, "", new byte[0]);
        return new Segment(disk, SlotDirectory.name(number), header);
    }

    @Test
    void whatABacklogTookOfTheDiskIsGivenBackSlotBySlot() throws Exception {
        try (DrivenLog log = driven()) {
            commit(log, fillSegments(log, 50));
            assertThat(log.log().figures().segmentsFree()).isGreaterThan(45);
            test.clock.advance(Duration.ofSeconds(11));
            work(log);
            assertThat(log.log().figures().segmentsFree())
                    .as("for the next one")
                    .isGreaterThan(45);
            for (int i = 0; i < 60; i++) {
                test.clock.advance(Duration.ofSeconds(11));
                work(log);
            }
            int left = SlotPool.KEPT_BACK + 1 + SlotPool.SPARE;
            assertThat(log.log().figures().segmentsFree()).isEqualTo(left);
            assertThat(slots()).isEqualTo(left + 1);
            assertThat(fillSegments(log, 20)).isPositive();
        }
    }

    @Test
    void whereOthersNeedTheDiskItIsGivenBackAtOnce() throws Exception {
        test.reserveBytes = 5 * TestLog.SEGMENT_BYTES;
        disk.setCapacity(60 * TestLog.SEGMENT_BYTES);
        try (DrivenLog log = driven()) {
            int acked = fillSegments(log, 50);
            assertThat(disk.usableBytes()).isLessThan(2 * test.reserveBytes);
            commit(log, acked);
            assertThat(disk.usableBytes()).isGreaterThanOrEqualTo(2 * test.reserveBytes);
            assertThat(log.log().figures().segmentsFree()).isGreaterThan(40);
        }
    }

    @Test
    void retentionYieldsToAFullDisk() throws Exception {
        test.retention = Duration.ofHours(1);
        disk.setCapacity(8 * TestLog.SEGMENT_BYTES + 8192);
        try (DurableLog log = test.open(disk)) {
            for (int number = 0; test.count("rolls") < 30; number += 10) {
                if (log.isFull()) {
                    await().pollInterval(Duration.ofMillis(1)).until(() -> !log.isFull());
                }
                put(log, number);
                log.commitAndWait(Positions.upTo(number + 10));
            }
        }
    }

    @Test
    void aSlotOfAnotherSizeIsReadAndThenGivenUp() throws Exception {
        int acked;
        try (DurableLog log = test.open(disk)) {
            acked = fillSegments(log, 3);
        }
        test.segmentBytes = 2 * TestLog.SEGMENT_BYTES;
        try (DurableLog log = test.open(disk)) {
            assertThat(log.recoveredEnd()).isEqualTo(acked);
            assertThat(put(log, acked).get()).isEqualTo(acked);
            log.commitAndWait(Positions.upTo(acked));
            await().until(() -> log.figures().segmentsInUse() == 1);
        }
        for (String slot : disk.list()) {
            if (slot.endsWith(Segment.SLOT_SUFFIX)) {
                assertThat(size(slot)).as(slot).isEqualTo(test.segmentBytes);
            }
        }
    }

    @Test
    void aSlotWhoseDiskHasFailedIsNotUsedAgain() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            String suspect = WrittenLog.in(disk).slots.get(0);
            disks.failNth(Operation.FORCE, 1, false);
            put(log, 10).get();
            log.commitAndWait(Positions.upTo(20));
            await().until(() -> !disk.list().contains(suspect));
        }
    }

    @Test
    void segmentsAreStripedOverTheDirectories() throws Exception {
        SimulatedStorage other = disks.add("two", Long.MAX_VALUE);
        SimulatedStorage third = disks.add("three", Long.MAX_VALUE);
        try (DurableLog log = test.open(disk, other, third)) {
            fillSegments(log, 12);
        }

        WrittenLog written = WrittenLog.in(disk, other, third);
        assertThat(new HashSet<>(written.places)).hasSize(3);
        assertThat(written.places.stream().filter(place -> place == disk).count())
                .isBetween(2L, 6L);
    }

    @Test
    void aRestartDoesNotUseUpSlots() throws Exception {
        test.open(disk).close();
        for (int i = 0; i < 10; i++) {
            test.open(disk).close();
        }
        assertThat(slots()).isLessThanOrEqualTo(5);
    }

    private DrivenLog driven() throws Exception {
        return DrivenDurableLog.open(test.settings(), List.of(disk), List.of(TestLog.READER), test.clock);
    }

    private static void work(DrivenLog log) {
        while (log.work()) {
            // until there is nothing left to do
        }
    }

    private static void commit(DrivenLog log, long upTo) {
        var committed = log.commitDurably(Positions.upTo(upTo));
        work(log);
        assertThat(committed).isCompleted();
    }

    /** Gives the number of events put. */
    private static int fillSegments(DrivenLog log, int segments) throws Exception {
        int number = 0;
        for (; log.log().figures().segmentsInUse() < segments; number += 10) {
            TestPut put = TestPut.numbered(number, 10);
            log.log().append(put);
            work(log);
            assertThat(put).isCompleted();
        }
        return number;
    }

    /** Gives the number of events put. */
    private int fillSegments(DurableLog log, int segments) throws Exception {
        int number = 0;
        for (; log.figures().segmentsInUse() < segments; number += 10) {
            put(log, number).get();
        }
        return number;
    }

    private long slots() throws IOException {
        return disk.list().stream()
                .filter(name -> name.endsWith(Segment.SLOT_SUFFIX))
                .count();
    }

    private long size(String slot) throws IOException {
        try (var file = disk.open(slot, Storage.Access.READ)) {
            return file.size();
        }
    }

    private static TestPut put(DurableLog log, int number) {
        TestPut put = TestPut.numbered(number, 10);
        log.append(put);
        return put;
    }
}
