package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.FakeClock;

/** Recovery of logs that nothing has happened to but crashes. */
final class RecoveryTest {
    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);
    private final LogImage image = new LogImage(storage);

    @Test
    void findsNothingInAnEmptyDirectory() throws IOException {
        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isZero();
        assertThat(log.nextNumber()).isEqualTo(1);
        assertThat(log.segments().all()).isEmpty();
        assertThat(log.free()).isEmpty();
        assertThat(log.state().readers()).isEmpty();
        assertThat(Logs.recover(storage).logId()).as("the id stays").isEqualTo(log.logId());
    }

    @Test
    void findsEventsAndPositionsOfSeveralSegments() throws IOException {
        image.roll(3, 4);
        image.put(5);
        image.roll();
        image.commit(0, 2);
        image.put(1, 1);
        image.commit(5, 6);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(14);
        assertThat(log.nextNumber()).isEqualTo(3);
        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(2);
        assertThat(log.state().committedAbove(LogImage.READER)).containsExactly(new EventRange(5, 6));
        assertThat(log.lostEvents()).isZero();
        assertThat(Logs.read(log)).isEqualTo("0-13");
    }

    @Test
    void keepsWhatAReaderAttached() throws IOException {
        image.roll(2);
        image.commit(
                new PositionUpdate(LogImage.READER, List.of(new EventRange(0, 1)), Map.of("k1", new byte[] {1, 2})));
        image.roll();

        assertThat(Logs.recover(storage).state().attached(LogImage.READER, "k1"))
                .containsExactly(1, 2);
    }

    @Test
    void givesSlotsBackThatAllReadersAreDoneWith() throws IOException {
        image.roll(5);
        image.roll(5);
        image.roll(5);
        image.commit(0, 7);

        Recovered log = Logs.recover(storage);

        assertThat(log.free()).containsExactly(new Recovered.FreeSlot(storage, "slot-0001.seg"));
        assertThat(log.segments().all()).extracting(Segment::number).containsExactly(2L, 3L);
        assertThat(log.nextNumber()).isEqualTo(4);
    }

    @Test
    void givesSlotsBackInWhichTheNextSegmentVoidsAll() throws IOException {
        image.roll(5);
        image.roll(5);
        image.rollBackTo(5, 3, 6);

        Recovered log = Logs.recover(storage);

        assertThat(log.free()).extracting(Recovered.FreeSlot::slot).containsExactly("slot-0002.seg");
        assertThat(Logs.read(log)).isEqualTo("0-10");
    }

    @Test
    void keepsSegmentsForTheirRetentionWhichBeginsWithTheStart() throws IOException {
        image.roll(5);
        image.roll(5);
        image.commit(0, 10);
        FakeClock clock = new FakeClock();
        LogSettings settings = Logs.settings(LogImage.SEGMENT_BYTES, Duration.ofHours(1), null);

        clock.advance(Duration.ofHours(2)); // nobody knows when they were done with
        assertThat(Recovery.recover(settings, List.of(storage), clock)
                        .segments()
                        .all())
                .hasSize(2);

        assertThat(Logs.recover(storage).segments().all()).hasSize(1);
    }

    @Test
    void findsTheSameAgainAndAgain() throws IOException {
        image.roll(5);
        image.put(5);
        Recovered first = Logs.recover(storage);

        Recovered second = Logs.recover(storage);

        assertThat(second.logId()).isEqualTo(first.logId());
        assertThat(second.endSequence()).isEqualTo(first.endSequence());
        assertThat(Logs.read(second)).isEqualTo(Logs.read(first));
    }

    @Test
    void doesNotGiveNumbersOfCommittedEventsAgain() throws IOException {
        image.roll(5);
        image.commit(0, 9); // positions of events that are not there, however that came about

        assertThat(Logs.recover(storage).endSequence()).isEqualTo(9);
    }

    @Test
    void readsSlotsOfAnotherSizeAndDeletesThemOnceTheyAreDone() throws IOException {
        LogImage small = new LogImage(LogImage.SEGMENT_BYTES / 2, null, storage);
        small.roll(5);
        small.roll(5);
        small.roll(5);
        small.commit(0, 5);

        Recovered log = Logs.recover(storage);

        assertThat(Logs.read(log)).isEqualTo("5-14");
        assertThat(log.free()).isEmpty();
        assertThat(storage.list()).doesNotContain("slot-0001.seg").contains("slot-0002.seg");
    }

    @Test
    void deletesEmptySlotsOfAnotherSize() throws IOException {
        storage.createZeroed("slot-0001.seg", LogImage.SEGMENT_BYTES / 2).close();
        storage.createZeroed("slot-0002.seg", LogImage.SEGMENT_BYTES).close();

        assertThat(Logs.recover(storage).free()).containsExactly(new Recovered.FreeSlot(storage, "slot-0002.seg"));
        assertThat(storage.list()).doesNotContain("slot-0001.seg");
    }

    @Test
    void readsOneSegmentOnlyHoweverLongTheBacklogIs() throws IOException {
        for (int i = 0; i < 20; i++) {
            image.roll(50);
            image.put(200);
        }
        List<String> slots = new ArrayList<>(storage.list());
        CountingStorage counting = new CountingStorage(storage);

        Recovered log = Logs.recover((Storage) counting);

        assertThat(log.segments().all()).hasSize(20);
        assertThat(counting.bytesRead()).isLessThan(3L * LogImage.SEGMENT_BYTES + 2L * slots.size() * Blocks.BYTES);
    }
}
