package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.millrace.durable.storage.SimulatedDisks.Operation;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.Batches;
import org.millrace.testkit.ReleaseCheck;

final class SegmentRecordReaderTest {
    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);
    private final LogImage image = new LogImage(storage);
    private final List<Damage> damage = new ArrayList<>();

    @Test
    void givesBatchesWithWhatIsKnownOfThem() throws IOException {
        image.roll(3);
        image.put(4);
        ReleaseCheck released = new ReleaseCheck();

        try (SegmentRecordReader reader = reader(0)) {
            RecordReader.Stored first = (RecordReader.Stored) reader.next(7);
            RecordReader.Stored second = (RecordReader.Stored) reader.next(7);

            assertThat(Batches.numbers(released.watch(first.batch()))).containsExactly(0, 1, 2);
            assertThat(Batches.numbers(released.watch(second.batch()))).containsExactly(3, 4, 5, 6);
            assertThat(second.sequence()).isEqualTo(3);
            assertThat(second.sender()).isEqualTo(new UUID(0, 9));
            assertThat(second.senderSequence()).isEqualTo(30);
            assertThat(second.epochMillis()).isEqualTo(LogImage.EPOCH_MILLIS + 3);
            assertThat(second.batch().bodyBytes()).isEqualTo("event 3event 4event 5event 6".length());
            assertThat(reader.next(7)).isNull();
            first.batch().release();
            second.batch().release();
        }
        released.assertAllReleased();
    }

    @Test
    void beginsInTheMiddleOfARecord() throws IOException {
        image.roll(3);
        image.put(4, 5);

        try (SegmentRecordReader reader = reader(5)) {
            RecordReader.Stored rest = (RecordReader.Stored) reader.next(12);

            assertThat(rest.sequence()).isEqualTo(5);
            assertThat(rest.senderSequence()).isEqualTo(32);
            assertThat(Batches.numbers(rest.batch())).containsExactly(5, 6);
            assertThat(reader.sequence()).isEqualTo(7);
            rest.batch().release();
        }
    }

    @Test
    void standsWhereItStoodIfABatchCannotBeMade() throws IOException {
        image.roll(3);
        image.putUncuttable(4, 5);

        try (SegmentRecordReader reader = reader(5)) {
            for (int again = 0; again < 3; again++) {
                assertThatThrownBy(() -> reader.next(12)).isInstanceOf(RuntimeException.class);
                assertThat(reader.sequence()).isEqualTo(5);
            }
            reader.seek(7);
            assertThat(Logs.drain(reader, 12)).isEqualTo("7-11");
        }
    }

    @Test
    void seeksForwardsAndBackwards() throws IOException {
        image.roll(5);
        image.put(5, 5);
        image.commit(0, 1);
        image.roll(5);
        image.put(5);

        try (SegmentRecordReader reader = reader(0)) {
            for (int from : new int[] {12, 3, 24, 0, 15, 14, 11, 10, 1}) {
                reader.seek(from);
                assertThat(Logs.drain(reader, 25)).isEqualTo(from == 24 ? "24-24" : from + "-24");
            }
        }
    }

    @Test
    void passesOverWhatTheNextSegmentVoids() throws IOException {
        image.roll(5);
        image.put(6);
        image.put(7); // written, but its force failed
        image.rollBackTo(11, 2, 7);
        image.put(1);

        assertThat(read(0)).isEqualTo("0-18");
    }

    @Test
    void goesNoFurtherThanWhatIsDurable() throws IOException {
        image.roll(5);
        Segments segments = segments();
        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage::add, 0)) {
            assertThat(Logs.drain(reader, 5)).isEqualTo("0-4");
            image.put(6); // where the reader may have looked already, ahead of the writer
            assertThat(reader.next(5)).isNull();
            assertThat(Logs.drain(reader, 11)).isEqualTo("5-10");
        }
        assertThat(damage).isEmpty();
    }

    @Test
    void aReadErrorThatPassesIsNoDamage() throws IOException {
        image.roll(5);
        image.put(6);
        for (int n = 1; n <= 4; n++) {
            try (SegmentRecordReader reader = reader(0)) {
                storage.failNth(Operation.READ, n, false);
                assertThat(Logs.drain(reader, 11)).as("read %d fails", n).isEqualTo("0-10");
            } finally {
                storage.disks().heal();
            }
        }
        assertThat(damage).isEmpty();
    }

    @Test
    void aDiskThatDoesNotAnswerIsNoDamage() throws IOException {
        image.roll(5);
        try (SegmentRecordReader reader = reader(0)) {
            storage.failNth(Operation.READ, 1, true);
            assertThatThrownBy(() -> reader.next(5)).isInstanceOf(IOException.class);
            storage.disks().heal();

            assertThat(Logs.drain(reader, 5)).isEqualTo("0-4");
        }
        assertThat(damage).isEmpty();
    }

    @Test
    void damageIsFoundAgainOnTheWayBack() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.put(7);
        hit.flip(3);

        try (SegmentRecordReader reader = reader(0)) {
            assertThat(Logs.drain(reader, 18)).isEqualTo("0-4 (6 lost) 11-17");
            reader.seek(8);
            assertThat(Logs.drain(reader, 18)).isEqualTo("(3 lost) 11-17");
        }
        assertThat(damage).allSatisfy(found -> {
            assertThat(found.from()).isEqualTo(hit.offset());
            assertThat(found.to()).isEqualTo(hit.endOffset());
            assertThat(found.fromSequence()).isEqualTo(5);
            assertThat(found.toSequence()).isEqualTo(11);
        });
    }

    @Test
    void damageToPositionsIsNoGap() throws IOException {
        image.roll(5);
        image.commit(0, 1).flip(3);
        image.put(6);

        assertThat(read(0)).isEqualTo("0-10");
        assertThat(damage)
                .singleElement()
                .satisfies(found -> assertThat(found.lostEvents()).isZero());
    }

    @Test
    void aDamagedEndOfASegmentIsAGapUpToTheNextOne() throws IOException {
        image.roll(5);
        image.put(6).flip(3);
        image.roll(7);

        assertThat(read(0)).isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void aDamagedEndOfTheSegmentThatIsWrittenCostsNothingThatFollows() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        Segments segments = segments();
        hit.flip(3);

        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage::add, 0)) {
            assertThat(Logs.drain(reader, 11)).isEqualTo("0-4 (6 lost)");
            image.put(7);
            image.put(8);
            assertThat(Logs.drain(reader, 26)).isEqualTo("11-25");
        }
    }

    @Test
    void aGapEndsWhereTheNextSegmentBegins() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        LogImage.Place voided = image.put(2); // its force failed
        image.put(7);
        image.rollBackTo(11, 2, 9);
        Segments segments = segments();
        hit.flip(3);
        voided.flip(3);

        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage::add, 0)) {
            assertThat(Logs.drain(reader, 20)).isEqualTo("0-4 (6 lost) 11-19");
        }
    }

    @Test
    void aFileThatIsGoneIsAGap() throws IOException {
        image.roll(5);
        image.roll(6);
        image.roll(7);
        Segments segments = segments();
        storage.delete("slot-0002.seg");

        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage::add, 0)) {
            assertThat(Logs.drain(reader, 18)).isEqualTo("0-4 (6 lost) 11-17");
        }
    }

    @Test
    void noticesThatASlotWasGivenToAnotherSegment() throws IOException {
        image.roll(5);
        image.put(6);
        image.roll(7);
        Segments segments = segments();
        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage::add, 0)) {
            RecordReader.Stored first = (RecordReader.Stored) reader.next(18);
            first.batch().release();
            Segment oldest = segments.oldest();
            segments.remove(oldest);
            new LogImage.Place(storage, "slot-0001.seg", 4096, 0, LogImage.SEGMENT_BYTES - 4096, 0, 0).cut(0);
            reader.seek(12);
            assertThat(Logs.drain(reader, 18)).isEqualTo("12-17");
            reader.seek(8);
            assertThat(Logs.drain(reader, 18)).as("gone with it").isEqualTo("(3 lost) 11-17");
        }
    }

    private String read(long from) throws IOException {
        try (SegmentRecordReader reader = reader(from)) {
            return Logs.drain(reader, image.sequence());
        }
    }

    private SegmentRecordReader reader(long from) throws IOException {
        return new SegmentRecordReader(segments(), null, damage::add, from);
    }

    private Segments segments() throws IOException {
        return Logs.recover(storage).segments();
    }
}
