package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.millrace.durable.format.LogState;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/**
 * Random logs with random bytes flipped. The seed is in the message of a failure; {@code -Dfuzz.seed=N} runs that one alone.
 */
final class RecoveryFuzzTest {
    private static final int IMAGES = 2_500;
    private static final int SEGMENT_BYTES = 32 << 10;

    @Test
    void damageCostsWhatItHitAndNothingElse() {
        Seeds.run(IMAGES, "events lost in all", RecoveryFuzzTest::check);
    }

    /** Gives the events that were lost. */
    private static long check(long seed) throws IOException {
        Random random = new Random(seed);
        SimulatedStorage storage = SimulatedStorage.withSeed(seed);
        LogImage image = new LogImage(SEGMENT_BYTES, null, storage);
        write(image, random);
        List<LogImage.Place> hit = damage(image, storage, random);

        Recovered log =
                Recovery.recover(Logs.settings(SEGMENT_BYTES, Duration.ZERO, null), List.of(storage), new FakeClock());

        Set<Integer> mayBeMissing = new HashSet<>();
        hit.forEach(group -> addAll(mayBeMissing, group.firstSequence(), group.endSequence()));
        checkEvents(log, image, mayBeMissing);
        long least = hit.stream()
                .filter(group -> group.endSequence() == image.sequence())
                .mapToLong(LogImage.Place::firstSequence)
                .min()
                .orElse(image.sequence());
        assertThat(log.endSequence())
                .as("only of the last group nobody can tell that it was there")
                .isBetween(least, image.sequence());
        assertThat(log.state().readers())
                .allSatisfy(reader -> assertThat(log.state().watermark(reader))
                        .isLessThanOrEqualTo(image.state().watermark(reader)));
        Recovered again =
                Recovery.recover(Logs.settings(SEGMENT_BYTES, Duration.ZERO, null), List.of(storage), new FakeClock());
        assertThat(again.endSequence()).isEqualTo(log.endSequence());
        assertThat(Logs.read(again)).isEqualTo(Logs.read(log));
        return log.lostEvents();
    }

    private static void write(LogImage image, Random random) throws IOException {
        image.roll(random.nextInt(1, 40));
        for (int steps = random.nextInt(1, 25); steps > 0; steps--) {
            if (image.room() < 2 * 8192 || random.nextInt(8) == 0) {
                image.roll(random.nextInt(1, 40));
            } else if (random.nextInt(4) == 0
                    && image.sequence() > image.state().watermark(LogImage.READER)) {
                long from = image.state().watermark(LogImage.READER);
                image.commit(from, random.nextLong(from, image.sequence()) + 1);
            } else if (random.nextInt(12) == 0) {
                long failed = image.put(random.nextInt(1, 60)).firstSequence(); // its force did: it is written again
                image.rollBackTo(failed, image.header().number() + 1, random.nextInt(60, 80));
            } else {
                image.put(random.nextInt(1, 60), random.nextInt(1, 60));
            }
        }
    }

    /** Flips bytes anywhere; gives the groups that were hit. */
    private static List<LogImage.Place> damage(LogImage image, SimulatedStorage storage, Random random)
            throws IOException {
        List<LogImage.Place> hit = new ArrayList<>();
        List<String> slots = storage.list();
        for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
            String slot = slots.get(random.nextInt(slots.size()));
            int at = random.nextInt(SEGMENT_BYTES);
            storage.flip(slot, at, 1 << random.nextInt(8));
            for (LogImage.Place group : image.groups()) {
                if (group.slot().equals(slot) && group.offset() <= at && at < group.endOffset()) {
                    hit.add(group);
                }
            }
        }
        return hit;
    }

    private static void checkEvents(Recovered log, LogImage image, Set<Integer> mayBeMissing) throws IOException {
        LogState state = log.state();
        long from = state.readers().isEmpty() ? 0 : state.watermark(LogImage.READER);
        Set<Integer> found = new HashSet<>();
        long lost = 0;
        try (SegmentRecordReader reader = Logs.reader(log, from, (events, bytes) -> {})) {
            long end = log.endSequence();
            for (RecordReader.Entry entry = reader.next(end); entry != null; entry = reader.next(end)) {
                if (entry instanceof RecordReader.Stored stored) {
                    assertThat(Batches.numbers(stored.batch()).get(0)).isEqualTo((int) stored.sequence());
                    found.addAll(Batches.numbers(stored.batch()));
                    stored.batch().release();
                } else if (entry instanceof RecordReader.Gap gap) {
                    lost += gap.to() - gap.from();
                }
            }
        }
        Set<Integer> expected = new HashSet<>();
        addAll(expected, from, image.sequence());
        assertThat(expected).as("nothing is invented").containsAll(found);
        assertThat(found.size() + lost).as("every event is there or a gap").isEqualTo(log.endSequence() - from);
        expected.removeAll(found);
        assertThat(mayBeMissing).as("only what was hit is missing").containsAll(expected);
    }

    private static void addAll(Set<Integer> numbers, long from, long to) {
        for (long number = from; number < to; number++) {
            numbers.add((int) number);
        }
    }
}
