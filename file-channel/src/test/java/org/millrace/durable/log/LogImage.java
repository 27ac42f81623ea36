package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.PositionUpdates;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.SimulatedStorage;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.millrace.testkit.Batches;

/**
 * Writes a log as the format says, group by group. Events are {@link Batches#numbered} with their sequences; there is one reader, {@code
 * default}.
 */
final class LogImage {
    static final int SEGMENT_BYTES = 64 << 10;
    static final long EPOCH_MILLIS = 1_700_000_000_000L;
    static final String READER = "default";

    private final List<Storage> directories;
    private final UUID logId;
    private final Random salts;
    private final int segmentBytes;
    private final @Nullable SegmentCiphers ciphers;
    private final LogState state = new LogState();
    private final List<Place> groups = new ArrayList<>();

    private SegmentHeader header = new SegmentHeader(0, new UUID(0, 0), 0, 0, 0, 0, "", new byte[0]);
    private @Nullable SegmentCipher cipher;
    private String slot = "";
    private Storage storage;
    private int offset;
    private long sequence;
    /** What the next groups say to be durable; -1: all that stands before them. */
    private long durableLsn = -1;

    /** Where a group stands, and what it holds. */
    record Place(
            Storage storage,
            String slot,
            int offset,
            int usedBytes,
            int paddedBytes,
            long firstSequence,
            long endSequence) {
        /** Damages a byte of it. */
        void flip(int at) throws IOException {
            ((SimulatedStorage) storage).flip(slot, offset + at, 0x40);
        }

        /** Leaves so many bytes of it, and zeros behind. */
        void cut(int bytes) throws IOException {
            try (StorageFile file = storage.open(slot, Storage.Access.WRITE)) {
                file.write(ByteBuffer.allocate(paddedBytes - bytes), offset + bytes);
                file.force();
            }
        }

        int endOffset() {
            return offset + paddedBytes;
        }
    }

    LogImage(Storage... directories) {
        this(SEGMENT_BYTES, null, directories);
    }

    LogImage(int segmentBytes, @Nullable SegmentCiphers ciphers, Storage... directories) {
        this.directories = List.of(directories);
        this.storage = directories[0];
        this.segmentBytes = segmentBytes;
        this.ciphers = ciphers;
        this.salts = new Random(7);
        this.logId = new UUID(7, 7);
        state.addReader(READER, 0);
    }

    /** Another reader, which commits nothing unless it is told. */
    void addReader(String name, long watermark) {
        state.addReader(name, watermark);
    }

    UUID logId() {
        return logId;
    }

    long sequence() {
        return sequence;
    }

    /** As a restart should find it. */
    LogState state() {
        return state.copy();
    }

    SegmentHeader header() {
        return header;
    }

    /** All groups written so far. */
    List<Place> groups() {
        return groups;
    }

    Place lastGroup() {
        return groups.get(groups.size() - 1);
    }

    /** The segment that is being written. */
    Segment segment() {
        return new Segment(storage, slot, header);
    }

    /** Begins the next segment, in a new slot: its first group holds the snapshot and records of so many events. */
    Place roll(int... events) throws IOException {
        return rollBackTo(sequence, header.number() + 1, events);
    }

    /** A roll after which the log goes on at an older sequence, or one that leaves out a number. */
    Place rollBackTo(long firstSequence, long number, int... events) throws IOException {
        storage = directories.get((int) (number % directories.size()));
        slot = "slot-%04d.seg".formatted(number);
        sequence = firstSequence;
        SegmentCiphers.Fresh fresh = ciphers == null ? null : ciphers.fresh();
        cipher = fresh == null ? null : fresh.cipher();
        header = new SegmentHeader(
                salts.nextInt(),
                logId,
                number,
                segmentBytes,
                firstSequence,
                EPOCH_MILLIS + number,
                fresh == null ? "" : fresh.keyName(),
                fresh == null ? new byte[0] : fresh.wrappedKey());
        try (StorageFile file = storage.createZeroed(slot, segmentBytes)) {
            file.write(header.toBlock(), 0);
            file.force();
        }
        offset = Blocks.BYTES;
        GroupWriter group = new GroupWriter();
        group.add(RecordType.SNAPSHOT, state.encode());
        return group.puts(events).write();
    }

    /** A group with one record of each so many events. */
    Place put(int... events) throws IOException {
        return new GroupWriter().puts(events).write();
    }

    /** A group with a record of so many events that is sound, and yet cannot be cut; and one of {@code behind}. */
    Place putUncuttable(int events, int behind) throws IOException {
        GroupWriter group = new GroupWriter();
        group.addUncuttable(events);
        return group.puts(behind).write();
    }

    /** A group that holds nothing but a commit. */
    Place commit(long from, long to) throws IOException {
        return commit(new PositionUpdate(READER, List.of(new EventRange(from, to)), Map.of()));
    }

    Place commit(PositionUpdate update) throws IOException {
        state.apply(update);
        GroupWriter group = new GroupWriter();
        group.add(RecordType.POSITIONS, PositionUpdates.encode(List.of(update)));
        return group.write();
    }

    /** From now on groups are written one behind the other, for a force that never comes. */
    void stopForcing() {
        durableLsn = segment().baseLsn() + offset;
    }

    /** Bytes that are left in the segment. */
    int room() {
        return segmentBytes - offset;
    }

    /** Collects records, then writes them. */
    private final class GroupWriter {
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(segmentBytes).order(ByteOrder.LITTLE_ENDIAN);
        private final long firstSequence = sequence;
        private int records;

        GroupWriter() {
            bytes.position(GroupHeader.BYTES);
        }

        GroupWriter puts(int... events) {
            for (int count : events) {
                EventBatch batch = Batches.numbered((int) sequence, count);
                CRC32C crc = new CRC32C();
                batch.updateTo(crc);
                RecordHeader record = new RecordHeader(
                        batch.encodedBytes(),
                        (int) crc.getValue(),
                        RecordType.BATCH,
                        count,
                        (int) batch.bodyBytes(),
                        sequence,
                        new UUID(0, 9),
                        sequence * 10);
                addHeader(record);
                batch.copyTo(bytes);
                batch.release();
                sequence += count;
            }
            return this;
        }

        /** A header map whose first key is longer than there are bytes. */
        void addUncuttable(int events) {
            byte[] body = {2, -2, -1, -1, -1, 15};
            addHeader(new RecordHeader(
                    body.length,
                    Checksum.of(body, 0, body.length),
                    RecordType.BATCH,
                    events,
                    0,
                    sequence,
                    RecordHeader.NO_SENDER,
                    0));
            bytes.put(body);
            sequence += events;
        }

        void add(RecordType type, byte[] body) {
            addHeader(new RecordHeader(
                    body.length, Checksum.of(body, 0, body.length), type, 0, 0, sequence, RecordHeader.NO_SENDER, 0));
            bytes.put(body);
        }

        private void addHeader(RecordHeader record) {
            record.write(bytes, bytes.position());
            RecordHeader.seal(bytes, bytes.position(), header.salt());
            bytes.position(bytes.position() + RecordHeader.BYTES);
            records++;
        }

        Place write() throws IOException {
            int plainBytes = bytes.position();
            int usedBytes = plainBytes + (cipher == null ? 0 : cipher.tagBytes());
            int paddedBytes = (int) Blocks.roundUp(usedBytes);
            long lsn = segment().baseLsn() + offset;
            new GroupHeader(
                            header.salt(),
                            cipher != null,
                            lsn,
                            paddedBytes,
                            usedBytes,
                            records,
                            (int) (sequence - firstSequence),
                            firstSequence,
                            durableLsn < 0 ? lsn : durableLsn,
                            EPOCH_MILLIS + firstSequence)
                    .write(bytes, 0);
            ByteBuffer out = bytes;
            if (cipher != null) {
                out = ByteBuffer.allocateDirect(segmentBytes);
                out.put(0, bytes, 0, GroupHeader.BYTES).position(GroupHeader.BYTES);
                cipher.seal(
                        bytes.slice(0, GroupHeader.BYTES),
                        bytes.duplicate().limit(plainBytes).position(GroupHeader.BYTES),
                        out,
                        lsn);
            }
            try (StorageFile file = storage.open(slot, Storage.Access.WRITE)) {
                file.write(out.clear().limit(paddedBytes), offset);
                file.force();
            }
            Place place = new Place(storage, slot, offset, usedBytes, paddedBytes, firstSequence, sequence);
            groups.add(place);
            offset += paddedBytes;
            return place;
        }
    }
}
