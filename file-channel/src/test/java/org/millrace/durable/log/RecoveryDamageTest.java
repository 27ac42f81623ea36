package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.millrace.testkit.FakeClock;

/** What recovery makes of damage, piece by piece. */
final class RecoveryDamageTest {
    private final SimulatedStorage storage = SimulatedStorage.withSeed(1);
    private final LogImage image = new LogImage(storage);

    @Test
    void aTornTailAtAnyByteCostsNothingThatWasAckedAndItsWholeRecordsAreKept() throws IOException {
        LogImage whole = new LogImage(SimulatedStorage.withSeed(1));
        whole.roll(5);
        whole.put(6);
        int firstRecord = whole.put(3).usedBytes();
        int tail = 0;
        for (int cut = 0; cut == 0 || cut < tail; cut += 1 + cut / 200) {
            SimulatedStorage fresh = SimulatedStorage.withSeed(1);
            LogImage torn = new LogImage(fresh);
            torn.roll(5);
            torn.put(6);
            LogImage.Place last = torn.put(3, 4);
            tail = last.usedBytes();
            last.cut(cut);

            Recovered log = Logs.recover(fresh);

            int end = cut < firstRecord ? 11 : 14;
            assertThat(log.endSequence()).as("cut at byte %d", cut).isEqualTo(end);
            assertThat(log.lostEvents()).as("cut at byte %d", cut).isZero();
            assertThat(Logs.read(log)).as("cut at byte %d", cut).isEqualTo("0-" + (end - 1));
            Recovered again = Logs.recover(fresh);
            assertThat(Logs.read(again)).as("cut at byte %d", cut).isEqualTo("0-" + (end - 1));
            assertThat(again.lostEvents()).as("cut at byte %d", cut).isZero();
        }
    }

    @Test
    void aFlippedBitInTheLastGroupCostsTheRecordsFromThereOnAndACopyIsKept() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6, 2, 3);
        hit.flip(hit.usedBytes() - 5); // in the last record

        Recovered log = Logs.recover(storage);

        assertThat(Logs.read(log)).isEqualTo("0-12");
        assertThat(storage.list("quarantine")).hasSize(2).allMatch(file -> file.contains("torn-000001-at-"));
        Logs.recover(storage);
        assertThat(storage.list("quarantine")).as("kept once").hasSize(2);
    }

    @Test
    void ofALastGroupWhoseHeadIsHitACopyIsKept() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        hit.flip(30);

        Recovered log = Logs.recover(storage);

        assertThat(Logs.read(log)).isEqualTo("0-4");
        assertThat(storage.readAll("quarantine/torn-000001-at-%08d.bytes".formatted(hit.offset())))
                .hasSize(hit.usedBytes());
    }

    @Test
    void aDamagedGroupAmongOthersIsSetAsideAndCounted() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.put(7);
        hit.flip(20);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(18);
        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(log.state().lostEvents()).isEqualTo(6);
        assertThat(log.setAsideBytes()).isBetween(1L, (long) hit.paddedBytes());
        assertThat(Logs.read(log)).isEqualTo("0-4 (6 lost) 11-17");
        assertThat(text("quarantine/segment-000001-at-%08d.json".formatted(hit.offset())))
                .contains("\"lostEvents\": 6", "\"fromSequence\": 5", "slot-0001.seg");
        assertThat(storage.readAll("quarantine/segment-000001-at-%08d.bytes".formatted(hit.offset())))
                .hasSizeLessThanOrEqualTo(hit.paddedBytes());
    }

    @Test
    void ofAGroupOnlyTheDamagedRecordIsLost() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6, 2, 3);
        image.put(7);
        hit.flip(hit.usedBytes() / 2); // in the first record, the longest one

        Recovered log = Logs.recover(storage);

        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(Logs.read(log)).isEqualTo("0-4 (6 lost) 11-22");
    }

    @Test
    void theSameDamageIsNotCountedByReadersAgain() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.put(7);
        hit.flip(0);
        Recovered log = Logs.recover(storage);
        List<Long> counted = new ArrayList<>();

        try (SegmentRecordReader reader = Logs.reader(log, 0, (events, bytes) -> counted.add(events))) {
            assertThat(Logs.drain(reader, log.endSequence())).contains("(6 lost)");
        }

        assertThat(counted).isEmpty();
    }

    @Test
    void aLossIsCountedOnceInARowOfRestarts() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.put(7);
        hit.flip(0);

        assertThat(Logs.recover(storage).state().lostEvents()).isEqualTo(6);
        assertThat(Logs.recover(storage).state().lostEvents())
                .as("no segment has been begun since then that could know")
                .isEqualTo(6);
    }

    @Test
    void eventsThatAllReadersHaveCommittedAreNoLoss() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.put(7);
        image.commit(0, 9);
        hit.flip(0);

        assertThat(Logs.recover(storage).lostEvents()).isEqualTo(2);
    }

    @Test
    void lostPositionsAreDeliveredAgain() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.commit(2, 4).flip(70);
        image.commit(4, 5);

        Recovered log = Logs.recover(storage);

        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(2);
        assertThat(log.lostEvents()).isZero();
        assertThat(log.setAsideBytes()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 70, 150, 300})
    void aTornPutWhosePositionsStandWholeBehindItWasNeverAcked(int at) throws IOException {
        image.roll(5);
        image.put(6);
        image.stopForcing();
        LogImage.Place torn = image.put(3, 4);
        image.commit(0, 4); // for the same force
        torn.flip(at);

        Recovered log = Logs.recover(storage);

        int end = at < 200 ? 11 : 14; // or only its second record is torn
        assertThat(log.endSequence()).isEqualTo(end);
        assertThat(log.lostEvents()).isZero();
        assertThat(log.setAsideBytes()).isZero();
        assertThat(log.state().watermark(LogImage.READER)).as("not lost for it").isEqualTo(4);
        assertThat(Logs.read(log)).isEqualTo("0-" + (end - 1));
    }

    @Test
    void eventsBehindAHoleThatNobodyForcedAreKept() throws IOException {
        image.roll(5);
        image.put(6);
        image.stopForcing(); // as with durability interval
        LogImage.Place hole = image.put(3);
        image.put(4);
        hole.flip(0);

        Recovered log = Logs.recover(storage);

        assertThat(log.lostEvents()).isEqualTo(3);
        assertThat(Logs.read(log)).isEqualTo("0-10 (3 lost) 14-17");
    }

    @Test
    void aRollThatWasTornBeforePutsThatWereNotIsNoDamage() throws IOException {
        image.roll(5);
        image.put(6);
        image.stopForcing();
        LogImage.Place snapshot = image.roll();
        image.put(4);
        snapshot.flip(0);

        Recovered log = Logs.recover(storage);

        assertThat(log.lostEvents()).isZero();
        assertThat(log.setAsideBytes()).isZero();
        assertThat(Logs.read(log)).isEqualTo("0-14");
        Recovered again = Logs.recover(storage);
        assertThat(Logs.read(again)).isEqualTo("0-14");
        assertThat(Logs.recover(storage).state().setAsideBytes())
                .as("readers have come across it")
                .isZero();
    }

    @Test
    void whatTheNextSegmentMakesVoidIsNotCountedBeforeIt() throws IOException {
        image.roll(5);
        image.put(6);
        image.rollBackTo(5, 2).flip(8); // its snapshot is gone: the segment before is needed
        image.put(2);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(7);
        assertThat(log.lostEvents()).isZero();
        assertThat(Logs.read(log)).isEqualTo("0-6");
    }

    @Test
    void whatAReaderHasFoundIsCountedThoughTheProcessDiesBeforeTheNextSegment() throws IOException {
        image.roll(5).flip(0);
        image.roll(6);
        Recovered before = Logs.recover(storage);
        assertThat(before.lostEvents())
                .as("older segments are not read at a start")
                .isZero();
        assertThat(Logs.read(before)).isEqualTo("(5 lost) 5-10");

        Recovered after = Logs.recover(storage);

        assertThat(after.state().lostEvents()).isEqualTo(5);
        assertThat(after.state().setAsideBytes()).isPositive();
        assertThat(after.lostEvents()).as("lost by this start").isZero();
        image.rollBackTo(image.sequence(), before.nextNumber() + 1);
        assertThat(Logs.recover(storage).state().lostEvents())
                .as("a snapshot has counted it, or not")
                .isZero();
    }

    @Test
    void aPlaceThatGrowsAtTheEndOfTheLogIsCountedForWhatHasComeToIt() throws IOException {
        image.roll(5);
        Recovered log = Logs.recover(storage);
        List<Long> counted = new ArrayList<>();

        try (SegmentRecordReader reader = Logs.reader(log, 0, (events, bytes) -> counted.add(events))) {
            image.put(6).flip(0);
            assertThat(Logs.drain(reader, image.sequence())).isEqualTo("0-4 (6 lost)");
            image.put(3).flip(0);
            image.put(2);
            assertThat(Logs.drain(reader, image.sequence())).isEqualTo("(3 lost) 14-15");
        }
        assertThat(counted).containsExactly(6L, 3L);
        assertThat(Logs.recover(storage).state().lostEvents()).isEqualTo(9);
    }

    @Test
    void aDamagedFirstBlockIsToldOnce() throws IOException {
        image.roll(5);
        image.put(6);
        storage.flip("slot-0001.seg", 40, 1);

        assertThat(Logs.recover(storage).setAsideBytes()).isPositive();
        assertThat(Logs.recover(storage).setAsideBytes()).isZero();
        assertThat(text("quarantine/segment-000001-first-block.json")).contains("\"lostEvents\": 0");
    }

    @Test
    void aFirstBlockThatWasTornAtARollIsNotToldOf() throws IOException {
        image.roll(5);
        image.stopForcing();
        image.roll(6);
        storage.flip("slot-0002.seg", 40, 1);

        Recovered log = Logs.recover(storage);

        assertThat(log.setAsideBytes()).isZero();
        assertThat(Logs.read(log)).isEqualTo("0-10");
    }

    @Test
    void aFirstBlockThatTheDiskDoesNotGiveIsMadeUpFromTheGroups() throws IOException {
        image.roll(5);
        image.put(6);
        image.roll(7);
        LogImage.Place hit = image.put(2);
        image.put(3);
        Logs.recover(storage); // says which log it is
        storage.spoil("slot-0001.seg", 0);
        storage.spoil("slot-0002.seg", 0);
        hit.flip(0);

        Recovered log = Logs.recover(storage);

        assertThat(log.lostEvents()).as("of the damaged group alone").isEqualTo(2);
        assertThat(Logs.read(log)).isEqualTo("0-17 (2 lost) 20-22");
        assertThat(storage.list()).contains("slot-0001.seg", "slot-0002.seg");
    }

    @Test
    void aTornRollIsAFreeSlot() throws IOException {
        image.roll(5);
        image.put(6);
        image.roll(4).cut(30);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(11);
        assertThat(log.nextNumber()).isEqualTo(3);
        assertThat(log.free()).containsExactly(new Recovered.FreeSlot(storage, "slot-0002.seg"));
        assertThat(Logs.read(log)).isEqualTo("0-10");
    }

    @Test
    void aTornRollProvesWhatTheSegmentBeforeHeld() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.roll(4).cut(0);
        hit.flip(0);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(11);
        assertThat(log.lostEvents()).isEqualTo(6);
    }

    @Test
    void aFirstBlockIsMadeUpFromTheGroups() throws IOException {
        image.roll(5);
        image.put(6);
        image.roll(7);
        storage.flip("slot-0001.seg", 40, 1);
        storage.flip("slot-0002.seg", 40, 1);

        Recovered log = Logs.recover(storage);

        assertThat(log.endSequence()).isEqualTo(18);
        assertThat(log.lostEvents()).isZero();
        assertThat(Logs.read(log)).isEqualTo("0-17");
    }

    @Test
    void aFirstBlockOfZerosIsMadeUpFromTheGroups() throws IOException {
        image.roll(5);
        overwrite("slot-0001.seg", 0, new byte[Blocks.BYTES]);

        assertThat(Logs.read(Logs.recover(storage))).isEqualTo("0-4");
    }

    @Test
    void aSegmentWithoutItsSnapshotIsReadFromTheOneBefore() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        LogImage.Place hit = image.roll(6);
        image.put(7);
        image.commit(2, 3);
        hit.flip(8);

        Recovered log = Logs.recover(storage);

        assertThat(log.state().watermark(LogImage.READER)).isEqualTo(3);
        assertThat(log.endSequence()).isEqualTo(18);
        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(Logs.read(log)).isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void withoutAnySnapshotTheEventsAreThere() throws IOException {
        LogImage.Place hit = image.roll(5);
        image.put(6);
        hit.flip(0);

        Recovered log = Logs.recover(storage);

        assertThat(log.state().readers()).isEmpty();
        assertThat(Logs.read(log)).isEqualTo("(5 lost) 5-10");
    }

    @Test
    void garbageWhereASegmentIsMissingIsSetAside() throws IOException {
        image.roll(5);
        image.roll(6);
        image.roll(7);
        overwrite("slot-0002.seg", 0, noise());

        Recovered log = Logs.recover(storage);

        assertThat(log.lostEvents()).isEqualTo(6);
        assertThat(log.free()).isEmpty();
        assertThat(storage.list()).doesNotContain("slot-0002.seg");
        assertThat(Logs.read(log)).isEqualTo("0-4 (6 lost) 11-17");
    }

    @Test
    void garbageInPlaceOfTheOldestSegmentIsSetAside() throws IOException {
        image.roll(5);
        image.commit(0, 2);
        image.roll(6);
        image.roll(7);
        overwrite("slot-0001.seg", 0, noise());

        Recovered log = Logs.recover(storage);

        assertThat(log.lostEvents()).isEqualTo(3);
        assertThat(log.free()).isEmpty();
        assertThat(storage.list()).doesNotContain("slot-0001.seg");
        assertThat(Logs.read(log)).isEqualTo("5-17");
    }

    @Test
    void whatTheOldestSegmentHadIsCountedForTheReaderThatIsFarthestBehind() throws IOException {
        image.addReader("slow", 0);
        image.roll(5);
        image.commit(0, 4);
        image.roll(6);
        overwrite("slot-0001.seg", 0, noise());

        assertThat(Logs.recover(storage).lostEvents()).isEqualTo(5);
    }

    @Test
    void garbageWhereNothingIsMissingIsAFreeSlot() throws IOException {
        image.roll(5);
        image.roll(6);
        storage.createZeroed("slot-0009.seg", LogImage.SEGMENT_BYTES).close();
        overwrite("slot-0009.seg", 0, new byte[] {1, 2, 3});

        Recovered log = Logs.recover(storage);

        assertThat(log.free()).extracting(Recovered.FreeSlot::slot).containsExactly("slot-0009.seg");
        assertThat(log.lostEvents()).isZero();
    }

    @Test
    void aSegmentOfAnotherLogIsSetAside() throws IOException {
        image.roll(5);
        Logs.recover(storage);
        byte[] foreign = block(new SegmentHeader(
                3, new UUID(8, 8), 9, LogImage.SEGMENT_BYTES, 50, LogImage.EPOCH_MILLIS - 1, "", new byte[0]));
        storage.createZeroed("slot-0002.seg", LogImage.SEGMENT_BYTES).close();
        overwrite("slot-0002.seg", 0, foreign);

        Recovered log = Logs.recover(storage);

        assertThat(storage.list()).contains("slot-0001.seg").doesNotContain("slot-0002.seg");
        assertThat(log.endSequence()).isEqualTo(5);
        assertThat(log.free()).isEmpty();
    }

    @Test
    void aSegmentOfALaterFormatIsSetAside() throws IOException {
        image.roll(5);
        Logs.recover(storage);
        ByteBuffer later = image.header().toBlock().order(ByteOrder.LITTLE_ENDIAN);
        later.putShort(8, (short) 2);
        later.putInt(Blocks.BYTES - 4, Checksum.of(later, 0, Blocks.BYTES - 4));
        byte[] block = new byte[Blocks.BYTES];
        later.get(block);
        storage.createZeroed("slot-0002.seg", LogImage.SEGMENT_BYTES).close();
        overwrite("slot-0002.seg", 0, block);

        Recovered log = Logs.recover(storage);

        assertThat(storage.list()).doesNotContain("slot-0002.seg");
        assertThat(Logs.read(log)).isEqualTo("0-4");
    }

    @Test
    void ofTwoSegmentsWithOneNumberTheYoungerOneCounts() throws IOException {
        image.roll(5);
        storage.createZeroed("slot-0009.seg", LogImage.SEGMENT_BYTES).close();
        SegmentHeader header = image.header();
        overwrite(
                "slot-0009.seg",
                0,
                block(new SegmentHeader(
                        9,
                        header.logId(),
                        header.number(),
                        header.segmentBytes(),
                        40,
                        header.epochMillis() - 1,
                        "",
                        new byte[0])));

        Recovered log = Logs.recover(storage);

        assertThat(storage.list()).doesNotContain("slot-0009.seg");
        assertThat(Logs.read(log)).isEqualTo("0-4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slot-0001.seg", "slot-0002.seg"})
    void aSlotThatIsNotForThisProcessRefusesTheStart(String slot) throws IOException {
        image.roll(5);
        image.roll(6);
        IOException refusal = new AccessDeniedException(slot, null, "it belongs to root");

        assertThatThrownBy(() -> Logs.recover(RefusingStorage.of(storage, "open", slot, refusal)))
                .isSameAs(refusal);

        assertThat(Logs.read(Logs.recover(storage))).isEqualTo("0-10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Too many open files", "Too many open files in system", "Cannot allocate memory"})
    void aSlotThatThisProcessCannotOpenNowIsNotMovedAway(String why) throws IOException {
        image.roll(5);
        image.roll(6);
        IOException shortage = new FileSystemException("slot-0001.seg", null, why);

        assertThatThrownBy(() -> Logs.recover(RefusingStorage.of(storage, "open", "slot-0001.seg", shortage)))
                .isSameAs(shortage);

        assertThat(Logs.read(Logs.recover(storage))).isEqualTo("0-10");
    }

    /** The system may tell of a shortage in any language. */
    @Test
    void aSlotThatCannotBeOpenedForAMomentIsNotMovedAway() throws IOException {
        image.roll(5);
        image.roll(6);
        Logs.recover(storage); // from now on the metas tell which log it is
        IOException shortage = new FileSystemException("slot-0001.seg", null, "Zu viele offene Dateien");

        Recovered log = Logs.recover(RefusingStorage.of(storage, "open", "slot-0001.seg", shortage, 2));

        assertThat(storage.list()).contains("slot-0001.seg");
        assertThat(Logs.read(log)).isEqualTo("0-10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Too many open files", "Too many open files in system", "Cannot allocate memory"})
    void aMetaThatThisProcessCannotOpenNowIsNotWrittenAnew(String why) throws IOException {
        image.roll(5);
        Logs.recover(storage);
        byte[] meta = storage.readAll(LogMeta.FILE);
        IOException shortage = new FileSystemException(LogMeta.FILE, null, why);

        assertThatThrownBy(() -> Logs.recover(RefusingStorage.of(storage, "readAll", LogMeta.FILE, shortage)))
                .isSameAs(shortage);

        assertThat(storage.readAll(LogMeta.FILE)).isEqualTo(meta);
    }

    /** In some languages numbers have digits of their own. */
    @Test
    void damageIsNotedInPlainDigitsWhateverTheLanguage() throws IOException {
        image.roll(5);
        LogImage.Place hit = image.put(6);
        image.put(3);
        hit.flip(20);
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try {
            assertThat(Logs.recover(storage).lostEvents()).isEqualTo(6);
            assertThat(Logs.recover(storage).lostEvents())
                    .as("noted, and counted once")
                    .isZero();
        } finally {
            Locale.setDefault(usual);
        }
        assertThat(storage.list("quarantine")).isNotEmpty().allMatch(name -> name.matches("[ -~]+"));
        assertThat(text("quarantine/segment-000001-at-%08d.json".formatted(hit.offset())))
                .contains("\"lostEvents\": 6", "\"fromSequence\": 5");
    }

    @Test
    void aMetaThatIsNotForThisProcessRefusesTheStart() throws IOException {
        image.roll(5);
        IOException refusal = new AccessDeniedException(LogMeta.FILE);

        assertThatThrownBy(() -> Logs.recover(RefusingStorage.of(storage, "readAll", LogMeta.FILE, refusal)))
                .isSameAs(refusal);
    }

    @Test
    void aSlotThatCannotBeReadAtAllMayHaveHadTheNextNumber() throws IOException {
        image.roll(5);
        image.roll(6);
        for (int at = 0; at < LogImage.SEGMENT_BYTES; at += Blocks.BYTES) {
            storage.spoil("slot-0002.seg", at);
        }

        Recovered log = Logs.recover(storage);

        assertThat(Logs.read(log)).isEqualTo("0-4");
        assertThat(log.nextNumber()).isEqualTo(3);
        assertThat(storage.list("quarantine"))
                .anySatisfy(note -> assertThat(text(note)).contains("nobody knows how many events"));
    }

    @Test
    void manyBadPlacesAreLookedBehindOnce() throws IOException {
        LogImage large = new LogImage(1 << 20, null, storage);
        List<LogImage.Place> groups = new ArrayList<>();
        large.roll(5);
        while (large.room() > 3 * Blocks.BYTES) {
            groups.add(large.put(2));
        }
        for (int i = 0; i < groups.size() - 1; i += 2) {
            groups.get(i).flip(100);
        }
        CountingStorage counting = new CountingStorage(storage);

        Recovered log = Recovery.recover(
                Logs.settings(1 << 20, Duration.ZERO, null), List.of((Storage) counting), new FakeClock());

        assertThat(log.lostEvents()).isGreaterThan(100);
        assertThat(counting.bytesRead()).isLessThan(6L << 20);
    }

    @Test
    void aMissingSegmentIsAGap() throws IOException {
        image.roll(5);
        image.roll(6);
        image.roll(7);
        storage.delete("slot-0002.seg");
        Recovered log = Logs.recover(storage);
        List<Long> counted = new ArrayList<>();

        try (SegmentRecordReader reader = Logs.reader(log, 0, (events, bytes) -> counted.add(events))) {
            assertThat(Logs.drain(reader, 18)).isEqualTo("0-4 (6 lost) 11-17");
        }
        assertThat(counted).containsExactly(6L);
    }

    private static byte[] noise() {
        byte[] noise = new byte[LogImage.SEGMENT_BYTES];
        new Random(3).nextBytes(noise);
        return noise;
    }

    private void overwrite(String slot, long at, byte[] bytes) throws IOException {
        try (StorageFile file = storage.open(slot, Storage.Access.WRITE)) {
            file.write(ByteBuffer.wrap(bytes), at);
            file.force();
        }
    }

    private static byte[] block(SegmentHeader header) {
        byte[] block = new byte[Blocks.BYTES];
        header.toBlock().get(block);
        return block;
    }

    private String text(String name) throws IOException {
        return new String(storage.readAll(name), StandardCharsets.UTF_8);
    }
}
