package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.testkit.Batches;

/**
 * Random puts, kills and losses of power on logs that ack before they force. A kill takes nothing that was acked; a loss of power at
 * most what was not forced since; and nothing is ever read that was not put. {@code -Dfuzz.seed=N} runs one seed alone.
 */
@ExtendWith(QuietLog.class)
final class UnforcedModelTest {
    private static final int SCENARIOS = 400;
    private static final int MOST_STEPS = 40;

    @ParameterizedTest
    @EnumSource(names = {"INTERVAL", "OS"})
    void aKillTakesNothingAndALossOfPowerWhatWasNotForced(Durability durability) {
        Seeds.run(SCENARIOS, "events taken by losses of power", seed -> new Run(seed, durability).run());
    }

    /** One scenario. */
    private static final class Run extends RandomLog {
        private final Durability durability;
        private final Duration forceInterval;
        private final boolean isEncrypted;

        /** Of the acked ones, and those found after a crash: how many forces there had been. */
        private final TreeMap<Long, Long> forces = new TreeMap<>();

        private long taken;

        Run(long seed, Durability durability) throws Exception {
            super(seed);
            this.durability = durability;
            this.forceInterval = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(1);
            this.isEncrypted = random.nextInt(4) == 0;
            open();
        }

        /** Gives the events that losses of power took. */
        long run() throws Exception {
            for (int step = random.nextInt(MOST_STEPS); step >= 0; step--) {
                step();
            }
            endAndReopen(false);
            driven.close();
            return taken;
        }

        private void step() throws Exception {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> put(1 + random.nextInt(random.nextBoolean() ? 20 : 400));
                case 4, 5, 6 -> work();
                case 7 -> commit();
                case 8 -> endAndReopen(true);
                default -> endAndReopen(false);
            }
        }

        private void open() throws Exception {
            open(durability, forceInterval, Duration.ZERO, isEncrypted, List.of(TestLog.READER));
        }

        @Override
        void ack(long sequence, int number) {
            super.ack(sequence, number);
            forces.put(sequence, disks.count(Operation.FORCE));
        }

        private void endAndReopen(boolean isKill) throws Exception {
            long forcesNow = disks.count(Operation.FORCE);
            TreeMap<Long, Integer> before = new TreeMap<>(acked);
            if (isKill) {
                disks.killAt(1 + random.nextInt(5));
            } else {
                disks.cutPowerAt(1 + random.nextInt(5));
            }
            while (!disks.isOff() && driven.work()) {
                before.putAll(acked);
            }
            if (!isKill) {
                disks.cutPower();
            }
            driven.close(); // which is all that ends it if it had nothing to do
            before.putAll(acked);
            if (disks.isOff()) {
                disks.restart();
            } else {
                disks.kill();
            }
            open();
            check(isKill, before, forcesNow);
        }

        private void check(boolean isKill, NavigableMap<Long, Integer> before, long forcesNow) throws Exception {
            long from = driven.log().recovered().watermark(TestLog.READER);
            NavigableMap<Long, Integer> found = found(from);
            for (Map.Entry<Long, Integer> event : before.tailMap(from).entrySet()) {
                Integer number = found.get(event.getKey());
                boolean isForced = forces.get(event.getKey()) < forcesNow;
                if (number == null && (isKill || isForced)) {
                    fail("event %s at %s was acked and is gone", event.getValue(), event.getKey());
                }
                if (number == null) {
                    taken++;
                } else if (!number.equals(event.getValue())) {
                    fail("event %s at %s is %s now", event.getValue(), event.getKey(), number);
                }
            }
            acked.clear();
            forces.clear();
            acked.putAll(found);
            found.keySet().forEach(sequence -> forces.put(sequence, -1L)); // forced by the start
        }

        private NavigableMap<Long, Integer> found(long from) throws Exception {
            TreeMap<Long, Integer> found = new TreeMap<>();
            try (RecordReader reader = driven.log().read(from)) {
                long end = driven.log().recoveredEnd();
                for (RecordReader.Entry entry; (entry = reader.next(end)) != null; ) {
                    if (entry instanceof RecordReader.Stored stored) {
                        long sequence = stored.sequence();
                        for (int number : Batches.numbers(stored.batch())) {
                            assertThat(number).as("at %s", sequence).isBetween(0, nextNumber - 1);
                            assertThat(found.put(sequence++, number)).isNull();
                        }
                        stored.batch().release();
                    }
                }
            }
            assertThat(found.values()).doesNotHaveDuplicates();
            return found;
        }
    }
}
