package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.durable.storage.SimulatedDisks;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Stall;
import org.millrace.testkit.Batches;

class DurabilityTest {
    private final SimulatedDisks disks = new SimulatedDisks(11);
    private final SimulatedStorage disk = disks.add("one", Long.MAX_VALUE);
    private final TestLog test = new TestLog();

    @Test
    void alwaysAnswersAPutOnceItIsForced() throws Exception {
        try (DurableLog log = test.open(disk)) {
            Stall force = disks.stall(Operation.FORCE);
            TestPut put = put(log, 0);
            force.awaitArrival();
            assertThat(put).isNotDone();
            assertThat(log.figures().inFlightBytes()).isPositive();
            force.open();
            assertThat(put.get()).isZero();
            await().until(() -> log.figures().inFlightBytes() == 0);
            assertThat(log.figures().unforcedMillis()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERVAL", "OS"})
    void theOthersAnswerAPutOnceItIsWritten(Durability durability) throws Exception {
        test.durability = durability;
        try (DurableLog log = test.open(disk)) {
            long forces = disks.count(Operation.FORCE);
            put(log, 0).get();
            put(log, 10).get();
            assertThat(disks.count(Operation.FORCE)).isEqualTo(forces);
        }
        assertThat(WrittenLog.in(disk).numbers).hasSize(20);
    }

    @Test
    void intervalForcesWithoutMorePuts() throws Exception {
        test.durability = Durability.INTERVAL;
        test.forceInterval = Duration.ofMillis(5);
        try (DurableLog log = test.open(disk)) {
            long forces = disks.count(Operation.FORCE);
            put(log, 0).get();
            await().until(() -> disks.count(Operation.FORCE) > forces);
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).numbers).hasSize(10);
    }

    @Test
    void intervalForcesThoughPutsNeverEnd() throws Exception {
        test.durability = Durability.INTERVAL;
        test.forceInterval = Duration.ofNanos(1);
        test.segmentBytes = 16 << 20;
        CompletableFuture<Void> enough = new CompletableFuture<>();
        try (DurableLog log = test.open(disk)) {
            long forces = disks.count(Operation.FORCE);
            log.append(new Endless(log, enough, () -> disks.count(Operation.FORCE) > forces + 10));
            enough.get();
            assertThat(test.count("rolls")).as("which force too").isEqualTo(1);
        }
    }

    /** Appends another one of its kind, on the disk thread, as soon as it is answered. */
    private static final class Endless extends TestPut {
        private final DurableLog log;
        private final CompletableFuture<Void> enough;
        private final BooleanSupplier isEnough;

        Endless(DurableLog log, CompletableFuture<Void> enough, BooleanSupplier isEnough) {
            super(Batches.numbered(0, 1));
            this.log = log;
            this.enough = enough;
            this.isEnough = isEnough;
        }

        @Override
        public void durable(long firstSequence) {
            super.durable(firstSequence);
            if (isEnough.getAsBoolean()) {
                enough.complete(null);
            } else {
                log.append(new Endless(log, enough, isEnough));
            }
        }
    }

    @Test
    void theAgeOfWhatIsNotForcedIsShown() throws Exception {
        test.durability = Durability.OS;
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            await().until(() -> log.figures().unforcedMillis() > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void allThatStandsInAnOlderSegmentIsForced(Durability durability) throws Exception {
        test.durability = durability;
        int acked = 0;
        try (DurableLog log = test.open(disk)) {
            for (; test.count("rolls") < 4; acked += 10) {
                put(log, acked).get();
            }
            disks.cutPower();
        }
        disks.restart();

        WrittenLog written = WrittenLog.in(disk);
        assertThat(written.segments).hasSize(4);
        assertThat(written.endSequence)
                .isGreaterThanOrEqualTo(written.segments.get(3).firstSequence());
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERVAL", "OS"})
    void whatWasAckedUnforcedStaysWhenALaterWriteFails(Durability durability) throws Exception {
        test.durability = durability;
        try (DurableLog log = test.open(disk)) {
            put(log, 0).get();
            disks.failNth(Operation.WRITE, 1, false);
            assertThat(put(log, 10).get()).isEqualTo(10);
            disks.cutPower();
        }
        disks.restart();

        assertThat(WrittenLog.in(disk).numbers).hasSize(20);
    }

    @Test
    void goesOnInAFreshSegmentWhenALateForceFails() throws Exception {
        test.durability = Durability.INTERVAL;
        test.forceInterval = Duration.ofMillis(5);
        try (DurableLog log = test.open(disk)) {
            long rolls = test.count("rolls");
            disks.failNth(Operation.FORCE, 1, false);
            put(log, 0).get();
            await().until(() -> test.count("rolls") > rolls);
            assertThat(put(log, 10).get()).isEqualTo(10);
        }
        assertThat(WrittenLog.in(disk).endSequence).isEqualTo(20);
    }

    private static TestPut put(DurableLog log, int number) {
        TestPut put = TestPut.numbered(number, 10);
        log.append(put);
        return put;
    }
}
