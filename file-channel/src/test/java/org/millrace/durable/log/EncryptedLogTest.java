package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.testkit.FakeClock;

final class EncryptedLogTest {
    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);
    private final CheckedXor ciphers = new CheckedXor("k1");
    private final LogImage image = new LogImage(LogImage.SEGMENT_BYTES, ciphers, storage);

    @Test
    void isRecoveredAndRead() throws IOException {
        image.roll(5);
        image.put(6, 7);
        image.roll(8);
        image.commit(0, 3);

        Recovered log = recover(ciphers);

        assertThat(log.endSequence()).isEqualTo(26);
        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(3);
        assertThat(read(log)).isEqualTo("0-25");
    }

    @Test
    void aGroupThatWasTamperedWithIsLost() throws IOException {
        image.roll(5);
        image.put(6).flip(100);
        image.put(7);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(read(log)).isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void aKeyThatIsNotAtHandIsNoDamage() throws IOException {
        image.roll(5);

        assertThatThrownBy(() -> recover(new CheckedXor("k2")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no key k1");
        assertThatThrownBy(() -> recover(null)).hasMessageContaining("encrypted with key k1");
        assertThat(read(recover(ciphers))).isEqualTo("0-4");
    }

    @Test
    void aReaderSaysWhichKeyItNeeds() throws IOException {
        image.roll(5);
        Segments segments = recover(ciphers).segments();

        try (SegmentRecordReader reader = new SegmentRecordReader(segments, null, damage -> {}, 0)) {
            assertThatThrownBy(() -> reader.next(5)).hasMessageContaining("encrypted with key k1");
        }
    }

    @Test
    void withoutItsFirstBlockASegmentIsSetAside() throws IOException {
        image.roll(5);
        image.roll(6);
        image.roll(7);
        storage.flip("slot-0002.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(storage.list()).doesNotContain("slot-0002.seg");
        assertThat(read(log)).isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void theOldestSegmentWithoutItsFirstBlockIsSetAsideAndCountedOnce() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.roll(6);
        image.roll(7);
        storage.flip("slot-0001.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(3);
        assertThat(storage.list()).doesNotContain("slot-0001.seg");
        assertThat(log.free()).isEmpty();
        List<Long> counted = new ArrayList<>();
        try (SegmentRecordReader reader = reader(log, 2, counted)) {
            assertThat(Logs.drain(reader, log.endSequence())).isEqualTo("(3 lost) 5-17");
        }
        assertThat(counted).as("by a reader again").isEmpty();
        Recovered again = recover(ciphers);
        assertThat(again.lostEvents()).isZero();
        assertThat(again.state().lostEvents()).isEqualTo(3);
    }

    @Test
    void allSegmentsButTheNewestMayBeWithoutTheirFirstBlocks() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.roll(6);
        image.roll(7);
        storage.flip("slot-0001.seg", 50, 1);
        storage.flip("slot-0002.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(9);
        assertThat(storage.list()).doesNotContain("slot-0001.seg", "slot-0002.seg");
        assertThat(read(log, 2)).isEqualTo("(9 lost) 11-17");
    }

    @Test
    void theOldestAndTheNewestSegmentMayBeWithoutTheirFirstBlocks() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.roll(6);
        image.roll(7);
        image.put(1);
        storage.flip("slot-0001.seg", 50, 1);
        storage.flip("slot-0003.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(3 + 8);
        assertThat(storage.list()).doesNotContain("slot-0001.seg", "slot-0003.seg");
        assertThat(read(log, 2)).isEqualTo("(3 lost) 5-10 (8 lost)");
    }

    @Test
    void withoutAnySnapshotAllThatAnOldestSegmentHadIsLostWithItsKey() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        LogImage.Place hit = image.roll(6);
        image.put(7);
        hit.flip(8);
        storage.flip("slot-0001.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.state().readers()).as("whose position is known").isEmpty();
        assertThat(log.lostEvents()).isEqualTo(5 + 6);
        assertThat(storage.list()).doesNotContain("slot-0001.seg");
    }

    @Test
    void anOldestSegmentThatAllReadersAreDoneWithIsAFreeSlotThoughItsKeyIsGone() throws IOException {
        image.roll(5);
        image.commit(0, 5);
        image.roll(6);
        storage.flip("slot-0001.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isZero();
        assertThat(log.free()).containsExactly(new Recovered.FreeSlot(storage, "slot-0001.seg"));
    }

    @Test
    void withoutTheFirstBlockOfTheNewestSegmentItsEventsAreCountedAsLost() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.roll(6);
        image.put(7);
        storage.flip("slot-0002.seg", 50, 1);

        assertThatItsEventsAreLost(recover(ciphers));
    }

    @Test
    void aFirstBlockThatTheDiskDoesNotGiveCostsTheKeyToo() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.roll(6);
        image.put(7);
        storage.spoil("slot-0002.seg", 0);

        assertThatItsEventsAreLost(recover(ciphers));
    }

    private void assertThatItsEventsAreLost(Recovered log) throws IOException {
        assertThat(log.lostEvents()).isEqualTo(13);
        assertThat(log.state().lostEvents()).isEqualTo(13);
        assertThat(log.endSequence()).isEqualTo(18);
        assertThat(log.nextNumber()).isEqualTo(3);
        assertThat(storage.list()).doesNotContain("slot-0002.seg");
        assertThat(read(log)).isEqualTo("0-4 (13 lost)");
        Recovered again = recover(ciphers);
        assertThat(again.state().lostEvents()).as("told by its note").isEqualTo(13);
        assertThat(again.lostEvents()).isZero();
    }

    @Test
    void whatAllReadersHadOfALockedSegmentIsNoLoss() throws IOException {
        image.roll(5);
        image.commit(0, 9); // however that came about
        image.roll(6);
        image.put(7);
        storage.flip("slot-0002.seg", 50, 1);

        assertThat(recover(ciphers).lostEvents()).isEqualTo(9);
    }

    @Test
    void theOnlySegmentWithoutItsKeyIsLostToo() throws IOException {
        image.roll(5);
        image.put(6);
        storage.flip("slot-0001.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isEqualTo(11);
        assertThat(log.endSequence()).isEqualTo(11);
    }

    @Test
    void aRollThatWasTornByALossOfPowerIsAFreeSlotAndNoLoss() throws IOException {
        image.roll(5);
        image.stopForcing();
        image.roll(6);
        storage.flip("slot-0002.seg", 50, 1);

        Recovered log = recover(ciphers);

        assertThat(log.lostEvents()).isZero();
        assertThat(log.setAsideBytes()).isZero();
        assertThat(log.endSequence()).isEqualTo(5);
        assertThat(log.free()).containsExactly(new Recovered.FreeSlot(storage, "slot-0002.seg"));
        assertThat(log.nextNumber()).isEqualTo(3);
    }

    private Recovered recover(@Nullable SegmentCiphers ciphers) throws IOException {
        return Recovery.recover(
                Logs.settings(LogImage.SEGMENT_BYTES, Duration.ZERO, ciphers), List.of(storage), new FakeClock());
    }

    private String read(Recovered log) throws IOException {
        return read(log, 0);
    }

    private String read(Recovered log, long sequence) throws IOException {
        try (SegmentRecordReader reader = reader(log, sequence, new ArrayList<>())) {
            return Logs.drain(reader, log.endSequence());
        }
    }

    /** @param counted gets the events of each loss that nobody has counted before */
    private SegmentRecordReader reader(Recovered log, long sequence, List<Long> counted) {
        return new SegmentRecordReader(
                log.segments(),
                ciphers,
                damage -> log.quarantine().setAside(damage, log.nextNumber(), (events, bytes) -> counted.add(events)),
                sequence);
    }
}
