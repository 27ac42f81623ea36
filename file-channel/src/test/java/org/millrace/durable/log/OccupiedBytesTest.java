package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.Batches;

/** What a start says of the bytes of a backlog, and what it reads to say it. */
class OccupiedBytesTest {
    private static final int PUTS = 5;
    private static final int EVENTS = 10;
    private static final int BODY_BYTES = 100;

    private final SimulatedDisks disks = new SimulatedDisks(3);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @Test
    void readsAsMuchWhetherThereWereManyStartsOrOne() throws Exception {
        startsWithPuts(1);
        long readOfOne = readsToTell();
        startsWithPuts(20);

        assertThat(readsToTell()).isEqualTo(readOfOne).isPositive();
    }

    @Test
    void startsThatPutTheSameEventsCountAlike() throws Exception {
        startsWithPuts(1);
        long ofOne = bytes(0);
        startsWithPuts(20);

        assertThat(bytes(0)).isCloseTo(21 * ofOne, Percentage.withPercentage(5));
        assertThat(bytes(3 * PUTS * EVENTS)).isCloseTo(18 * ofOne, Percentage.withPercentage(5));
        assertThat(bytes(3 * PUTS * EVENTS + PUTS * EVENTS / 2))
                .as("the first one in part")
                .isCloseTo(35 * ofOne / 2, Percentage.withPercentage(5));
    }

    @Test
    void startsThatPutNothingCostNothing() throws Exception {
        startsWithPuts(1);
        long ofOne = bytes(0);
        for (int start = 0; start < 5; start++) {
            test.open(disk).close();
        }

        assertThat(bytes(0)).isEqualTo(ofOne);
    }

    /** However large the events were that came last. */
    @Test
    void noSegmentCountsMoreThanItsSize() throws Exception {
        startsWithPuts(3);
        try (DurableLog log = test.open(disk)) {
            put(log, 1, 30 << 10);
        }

        assertThat(bytes(0)).isLessThanOrEqualTo(4L * TestLog.SEGMENT_BYTES);
    }

    private void startsWithPuts(int starts) throws Exception {
        for (int start = 0; start < starts; start++) {
            try (DurableLog log = test.open(disk)) {
                for (int i = 0; i < PUTS; i++) {
                    put(log, EVENTS, BODY_BYTES);
                }
            }
        }
    }

    private static void put(DurableLog log, int events, int bodyBytes) {
        TestPut put = new TestPut(Batches.sized(events, bodyBytes));
        log.append(put);
        put.join();
    }

    private long readsToTell() throws Exception {
        try (DurableLog log = test.open(disk)) {
            long before = disks.count(Operation.READ);
            log.recoveredBytes(0);
            return disks.count(Operation.READ) - before;
        }
    }

    private long bytes(long from) throws Exception {
        try (DurableLog log = test.open(disk)) {
            return log.recoveredBytes(from);
        }
    }
}
