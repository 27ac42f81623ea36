package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.api.support.LockedException;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;

/** Damage to the puts that nobody has put anything behind: it is not taken for a write that was cut short. */
final class LastPutsTest {
    private final SimulatedDisks disks = new SimulatedDisks(5);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @ParameterizedTest
    @EnumSource(Durability.class)
    void aLogThatWasClosedLosesOnlyWhatIsHitAndCountsIt(Durability durability) throws Exception {
        test.durability = durability;
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            put(log, 10);
        }
        flipIn(lastPuts());

        checkThatTenAreCounted();
    }

    @Test
    void aLogThatHasNothingToDoLosesOnlyWhatIsHitAndCountsIt() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            put(log, 10);
            awaitProof();
            disks.cutPower();
        }
        disks.restart();
        flipIn(lastPuts());

        checkThatTenAreCounted();
    }

    @Test
    void isProvenOnceAfterEachPut() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            awaitProof();
            long writes = disks.count(Operation.WRITE);
            put(log, 10);
            awaitProof();
            put(log, 20);
            awaitProof();
            assertThat(disks.count(Operation.WRITE)).isEqualTo(writes + 4);
        }
    }

    @Test
    void isProvenByPositionsTooAndThenByNothingElse() throws Exception {
        try (DurableLog log = test.open(disk)) {
            put(log, 0);
            log.commitAndWait(Positions.upTo(4));
            int groups = WrittenLog.in(disk).groups.size();
            put(log, 10);
            awaitProof();
            assertThat(WrittenLog.in(disk).groups).hasSize(groups + 2);
        }
    }

    private void awaitProof() {
        Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> {
            List<GroupHeader> groups = WrittenLog.in(disk).groups;
            GroupHeader last = groups.get(groups.size() - 1);
            return last.events() == 0 && last.durableLsn() == last.lsn();
        });
    }

    private void checkThatTenAreCounted() throws IOException, LockedException {
        try (DurableLog log = test.open(disk);
                RecordReader reader = log.read(0)) {
            assertThat(log.recovered().lostEvents()).isEqualTo(10);
            assertThat(log.recoveredEnd()).isEqualTo(20);
            assertThat(Logs.drain(reader, 20)).isEqualTo("0-9 (10 lost)");
        }
    }

    private GroupHeader lastPuts() throws IOException {
        return WrittenLog.in(disk).groups.stream()
                .filter(group -> group.events() > 0)
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private void flipIn(GroupHeader group) throws IOException {
        WrittenLog written = WrittenLog.in(disk);
        String slot = written.slots.get(written.slots.size() - 1);
        disk.flip(slot, group.lsn() % TestLog.SEGMENT_BYTES + group.usedBytes() / 2, 1);
    }

    private static void put(DurableLog log, int number) throws Exception {
        TestPut put = TestPut.numbered(number, 10);
        log.append(put);
        put.get();
    }
}
