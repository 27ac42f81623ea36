package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.Checksum;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdates;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.millrace.testkit.Batches;

/**
 * What stands in the directories of a log, read as the format says and by nothing that the log itself reads with. A tail that is not
 * sound ends its segment; what the next segment makes void is left out. Where events are missing, only those behind the hole are given.
 */
final class WrittenLog {
    final List<SegmentHeader> segments = new ArrayList<>();
    final List<Storage> places = new ArrayList<>();
    final List<String> slots = new ArrayList<>();
    final List<GroupHeader> groups = new ArrayList<>();
    /** Numbers of events made by {@link Batches#numbered}, oldest first, up to {@link #endSequence}. */
    final List<Integer> numbers = new ArrayList<>();

    LogState state = new LogState();
    /** Sequence of the next event. */
    long endSequence = -1;

    private record Slot(Storage storage, String name, ByteBuffer bytes, SegmentHeader header) {}

    static WrittenLog in(Storage... directories) throws IOException {
        List<Slot> found = new ArrayList<>();
        for (Storage directory : directories) {
            for (String name : directory.list()) {
                if (name.endsWith(Segment.SLOT_SUFFIX)) {
                    ByteBuffer bytes = read(directory, name);
                    SegmentHeader header = SegmentHeader.read(bytes);
                    if (header != null && isInUse(bytes, header)) {
                        found.add(new Slot(directory, name, bytes, header));
                    }
                }
            }
        }
        found.sort(Comparator.comparing(slot -> slot.header().number()));
        WrittenLog log = new WrittenLog();
        for (int i = 0; i < found.size(); i++) {
            long voidFrom = i + 1 < found.size() ? found.get(i + 1).header().firstSequence() : Long.MAX_VALUE;
            log.read(found.get(i), voidFrom);
        }
        return log;
    }

    private static boolean isInUse(ByteBuffer bytes, SegmentHeader header) {
        return GroupHeader.read(bytes, 4096, header.salt(), header.number() * header.segmentBytes() + 4096) != null;
    }

    private static ByteBuffer read(Storage directory, String name) throws IOException {
        try (StorageFile file = directory.open(name, Storage.Access.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size()).order(ByteOrder.LITTLE_ENDIAN);
            file.read(bytes, 0);
            return bytes.flip();
        }
    }

    private void read(Slot slot, long voidFrom) {
        segments.add(slot.header());
        places.add(slot.storage());
        slots.add(slot.name());
        long base = slot.header().number() * slot.header().segmentBytes();
        if (endSequence < 0) {
            endSequence = slot.header().firstSequence();
        }
        for (int at = 4096; ; ) {
            GroupHeader group = GroupHeader.read(slot.bytes(), at, slot.header().salt(), base + at);
            if (group == null) {
                return;
            }
            groups.add(group);
            int end = at + group.usedBytes();
            int record = at + GroupHeader.BYTES;
            while (record < end) {
                RecordHeader header =
                        RecordHeader.read(slot.bytes(), record, slot.header().salt());
                if (header == null
                        || header.bodyCrc()
                                != Checksum.of(slot.bytes(), record + RecordHeader.BYTES, header.bodyBytes())) {
                    return;
                }
                add(header, slot.bytes().slice(record + RecordHeader.BYTES, header.bodyBytes()), voidFrom);
                record += header.recordBytes();
            }
            at += group.paddedBytes();
        }
    }

    private void add(RecordHeader header, ByteBuffer body, long voidFrom) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        switch (header.type()) {
            case SNAPSHOT -> state = LogState.decode(bytes);
            case POSITIONS -> PositionUpdates.decode(bytes).forEach(state::apply);
            case BATCH -> {
                if (header.sequence() < voidFrom) {
                    if (header.sequence() != endSequence) {
                        numbers.clear(); // between are segments that nobody needs, already used again
                    }
                    endSequence = header.sequence() + header.events();
                    EventBatch batch = EventBatch.restore(body, header.events(), header.eventBodyBytes());
                    numbers.addAll(Batches.numbers(batch));
                    batch.release();
                }
            }
            case NONE -> throw new AssertionError("a record of no type");
        }
    }
}
