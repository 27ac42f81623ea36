package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.millrace.testkit.Batches;

/**
 * Random logs that are stopped, damaged in one place, any block of any slot or a slot as a whole, and started again. What is counted as
 * lost is what cannot be read any more, no more and no less, whether the start finds it or a reader; and where something is lost the
 * damaged file is still there, in its place or set aside. (A loss that readers have not passed is counted once more if the segment is
 * lost beside which it was noted; and where all positions are lost, so is what had been committed.) {@code -Dfuzz.seed=N} runs one seed alone, {@code -Dfuzz.seeds=N} so many.
 */
@ExtendWith(QuietLog.class)
final class DamagedStartTest {
    private static final long SEEDS = Long.getLong("fuzz.seeds", 500);
    private static final int MOST_STEPS = 60;
    private static final int MOST_ROUNDS = 4;

    @Test
    void whatIsCountedAsLostIsWhatCannotBeReadAnyMore() {
        Seeds.run(SEEDS, "events lost in all", seed -> new Run(seed).run());
    }

    /** What was damaged, and the file as it is then. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Hit(SimulatedStorage place, String slot, String what, byte[] content) {
        boolean isKept() throws IOException {
            List<String> files = new ArrayList<>(place.list());
            files.addAll(place.list("quarantine"));
            for (String file : files) {
                if (Arrays.equals(place.readAll(file), content)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String toString() {
            return what + " of " + slot + " in " + place.path();
        }
    }

    /** One log. */
    private static final class Run extends RandomLog {
        private final List<String> readers;
        private final boolean isEncrypted;
        private final Duration retention;

        /** Sequences that have been counted as lost. */
        private final Set<Long> lost = new TreeSet<>();

        /** The lowest position of all readers. */
        private long lowest;

        Run(long seed) throws Exception {
            super(seed);
            this.readers = random.nextInt(3) == 0 ? List.of(TestLog.READER, "slow") : List.of(TestLog.READER);
            this.isEncrypted = random.nextBoolean();
            this.retention = random.nextInt(4) == 0 ? Duration.ofDays(1) : Duration.ZERO;
            open();
        }

        /** Gives the events that were lost. */
        long run() throws Exception {
            for (int round = random.nextInt(MOST_ROUNDS); round >= 0; round--) {
                for (int step = random.nextInt(MOST_STEPS); step >= 0; step--) {
                    step();
                }
                driven.close(); // which writes what there still is
                long end = acked.isEmpty() ? 0 : acked.lastKey() + 1;
                long counted = driven.log().figures().lostEvents();
                Hit hit = damage();
                open();
                check(end, counted, hit);
            }
            driven.close();
            return lost.size();
        }

        private void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> put(1 + random.nextInt(random.nextBoolean() ? 20 : 400));
                case 4, 5, 6, 7 -> work();
                default -> commitOfOne();
            }
            if (random.nextInt(10) == 0) {
                work();
            }
        }

        private void open() throws Exception {
            open(Durability.ALWAYS, Duration.ofDays(1), retention, isEncrypted, readers);
        }

        /** The slow reader commits nothing. */
        private void commitOfOne() {
            long watermark = commit();
            lowest = readers.size() > 1 ? lowest : Math.max(lowest, watermark);
        }

        private Hit damage() throws IOException {
            List<SimulatedStorage> places = new ArrayList<>();
            List<String> slots = new ArrayList<>();
            long newest = 0;
            String newestSlot = "";
            for (SimulatedStorage directory : directories) {
                for (String slot : SlotInspector.slots(directory)) {
                    places.add(directory);
                    slots.add(slot);
                    SegmentHeader header = SlotInspector.header(directory, slot);
                    if (header != null && header.number() > newest) {
                        newest = header.number();
                        newestSlot = directory.path() + slot;
                    }
                }
            }
            int which = random.nextInt(slots.size());
            SimulatedStorage place = places.get(which);
            String slot = slots.get(which);
            boolean isNewest = newestSlot.equals(place.path() + slot);
            String what = damage(place, slot, random.nextInt(5), isNewest);
            return new Hit(place, slot, what, place.readAll(slot));
        }

        /** Says what it has done. */
        private String damage(SimulatedStorage place, String slot, int kind, boolean isNewest) throws IOException {
            if (kind == 0 && !isNewest) { // of the newest one nothing would tell that it was there
                overwrite(place, slot, 0, TestLog.SEGMENT_BYTES);
                return "all";
            }
            int block = random.nextInt(3) == 0 ? 0 : random.nextInt(TestLog.SEGMENT_BYTES / Blocks.BYTES);
            if (kind == 1) {
                overwrite(place, slot, block * Blocks.BYTES, Blocks.BYTES);
                return "block " + block;
            }
            int at = block * Blocks.BYTES + random.nextInt(Blocks.BYTES);
            place.flip(slot, at, 1 << random.nextInt(8));
            return "byte " + at;
        }

        private void overwrite(Storage place, String slot, int from, int bytes) throws IOException {
            byte[] noise = new byte[bytes];
            random.nextBytes(noise);
            try (StorageFile file = place.open(slot, Storage.Access.WRITE)) {
                file.write(ByteBuffer.wrap(noise), from);
                file.force();
            }
        }

        private void check(long end, long countedBefore, Hit hit) throws Exception {
            Log log = driven.log();
            assertThat(log.recoveredEnd()).as("end, with damage to %s", hit).isEqualTo(end);
            long recovered = log.recovered().lowestWatermark();
            boolean mayPositionsBeLost = recovered > lowest;
            long from = Math.min(lowest, recovered);
            lowest = from;
            Set<Long> found = read(log);
            long missing = 0;
            long lostBefore = 0;
            for (long sequence = from; sequence < end; sequence++) {
                if (!found.contains(sequence)) {
                    boolean isNew = lost.add(sequence);
                    missing += isNew ? 1 : 0;
                    lostBefore += isNew ? 0 : 1;
                }
            }
            assertThat(log.figures().lostEvents() - countedBefore)
                    .as("events lost, with damage to %s, from %d to %d", hit, from, end)
                    .isBetween(missing, mayPositionsBeLost ? end : missing + lostBefore);
            assertThat(missing == 0 || hit.isKept())
                    .as("%d events lost, and the file is still there: %s", missing, hit)
                    .isTrue();
        }

        /** As all readers do that come by a loss. */
        private void passOver(EventRange gap) {
            for (String reader : readers) {
                driven.log().commit(new PositionUpdate(reader, List.of(gap), Map.of()));
            }
        }

        private Set<Long> read(Log log) throws IOException {
            Set<Long> found = new TreeSet<>();
            try (RecordReader reader = log.read(log.recovered().lowestWatermark())) {
                for (RecordReader.Entry entry; (entry = reader.next(log.recoveredEnd())) != null; ) {
                    if (entry instanceof RecordReader.Stored stored) {
                        long sequence = stored.sequence();
                        for (int number : Batches.numbers(stored.batch())) {
                            assertThat(acked).containsEntry(sequence, number);
                            found.add(sequence++);
                        }
                        stored.batch().release();
                    } else if (entry instanceof RecordReader.Gap gap) {
                        passOver(new EventRange(gap.from(), gap.to()));
                    }
                }
            }
            return found;
        }
    }
}
