package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/**
 * Reads one segment from a group to its end and tells what it finds. For tools: it changes nothing, needs no lock, and may run while
 * an agent writes to the segment, or uses its slot again. One walk for each; one thread.
 *
 * <p>What is not sound is read a second time before it is called so: the first time it may have been on its way to the disk.
 */
public final class SegmentWalk {
    /** In place of a sequence: no segment follows, everything in this one counts. */
    public static final long NEWEST = Long.MAX_VALUE;

    private final Segment segment;
    private final long untilSequence;
    private final @Nullable SegmentCiphers ciphers;
    private final Visitor visitor;
    /** Bad records of the group in hand: whether they are torn shows behind it. */
    private final List<BadPlace> pending = new ArrayList<>();

    /** Whether the segment goes up to {@link #untilSequence}, or what it lacks is lost. */
    private boolean isEndKnown;

    private long offset = Blocks.BYTES;
    private long expectedSequence;
    private boolean looksBehindTheEnd = true;

    /** Is told what stands in a segment, in order. What it throws ends the walk. */
    public interface Visitor {
        /** A group begins here. Says what of it is wanted; to read the records of an encrypted one takes the key. */
        Want group(long offset, GroupHeader group) throws IOException;

        /**
         * A record whose checksums are right.
         *
         * @param body valid during the call
         */
        void record(GroupHeader group, RecordHeader record, ByteBuffer body) throws IOException;

        /** A place that is not sound. Those of a group come behind its records. */
        void bad(BadPlace place) throws IOException;
    }

    /** What a visitor wants of a group. */
    public enum Want {
        RECORDS,
        /** On to the next group. */
        NOTHING,
        /** Nothing more, of no group. */
        END
    }

    /** How it goes on. */
    private enum Step {
        ON,
        END,
        RECYCLED
    }

    /**
     * Bytes of a segment that cannot be used.
     *
     * @param from offset in the file
     * @param to offset behind it; the same where nothing is left of what should be there
     * @param fromSequence of the first event that is gone with it
     * @param toSequence behind the last one; the same if none is
     * @param isTorn cut off by a crash, or still on its way: nobody was told that it is safe. Else it was
     * @param why what was found
     */
    public record BadPlace(long from, long to, long fromSequence, long toSequence, boolean isTorn, String why) {
        /** Events that were safe once, and are gone. */
        public long lostEvents() {
            return isTorn ? 0 : toSequence - fromSequence;
        }
    }

    /**
     * What came of it.
     *
     * @param isRecycled the slot holds something else by now: an agent uses it again, for its events were taken
     * @param endSequence behind the last event that is there, or lost
     * @param endOffset behind the last group
     */
    public record Walked(boolean isRecycled, long endSequence, long endOffset) {}

    /** Memory that one walk hands to the next. One thread. */
    public static final class Memory {
        private final ReadBuffers buffers = new ReadBuffers();
    }

    /**
     * @param header as it stands in the slot
     * @param untilSequence the first one of the next segment that is there: what this one holds from there on is void. Or {@link #NEWEST}
     * @param ciphers null without keys: then headers alone can be read of an encrypted segment
     */
    public SegmentWalk(
            Storage storage,
            String slot,
            SegmentHeader header,
            long untilSequence,
            @Nullable SegmentCiphers ciphers,
            Visitor visitor) {
        this.segment = new Segment(storage, slot, header);
        this.untilSequence = untilSequence;
        this.isEndKnown = untilSequence != NEWEST;
        this.ciphers = ciphers;
        this.visitor = visitor;
        this.expectedSequence = header.firstSequence();
    }

    /** Begins at a group other than the first, where an earlier walk ended. */
    public SegmentWalk from(Walked end) {
        offset = end.endOffset();
        expectedSequence = end.endSequence();
        return this;
    }

    /** Others stood between this segment and the next one that is there: where this one ended nobody can tell. */
    public SegmentWalk withoutKnownEnd() {
        isEndKnown = false;
        return this;
    }

    /** Ends where no group begins, without looking whether there are more behind: for who comes back soon. */
    public SegmentWalk toTheFirstEnd() {
        looksBehindTheEnd = false;
        return this;
    }

    /**
     * Walks.
     *
     * @throws IOException if the file cannot be opened, or its key is not at hand
     */
    public Walked run(Memory memory) throws IOException {
        SegmentCiphers keys = ciphers == null ? KeylessCipher.OF_ALL : ciphers;
        try (GroupScanner scanner = GroupScanner.open(segment, keys, memory.buffers)) {
            scanner.moveTo(offset);
            boolean isRecycled = walk(scanner) == Step.RECYCLED;
            return new Walked(isRecycled, expectedSequence, scanner.offset());
        }
    }

    private Step walk(GroupScanner scanner) throws IOException {
        Step step = Step.ON;
        while (step == Step.ON && scanner.offset() < scanner.end()) {
            GroupHeader group = headerOnSecondLook(scanner);
            if (group != null && isVoid(group)) {
                break;
            }
            step = group == null ? passBadPlace(scanner) : passGroup(scanner, group);
        }
        if (step == Step.ON && isEndKnown && expectedSequence < untilSequence) {
            missing(scanner.offset(), untilSequence, "events are missing at the end of the segment");
        }
        return step;
    }

    /** As {@link Replay} sees it: positions alone, at the very end, are none that the next segment made void. */
    private boolean isVoid(GroupHeader group) {
        return group.firstSequence() > untilSequence || (group.firstSequence() == untilSequence && group.events() > 0);
    }

    private void missing(long at, long toSequence, String why) throws IOException {
        visitor.bad(new BadPlace(at, at, expectedSequence, toSequence, false, why));
        expectedSequence = toSequence;
    }

    private Step passGroup(GroupScanner scanner, GroupHeader group) throws IOException {
        long at = scanner.offset();
        if (group.firstSequence() > expectedSequence) {
            missing(at, group.firstSequence(), "events are missing before this group");
        }
        Want want = visitor.group(at, group);
        if (want == Want.END) {
            return Step.END;
        }
        if (want == Want.RECORDS && !visitRecords(scanner, group)) {
            return Step.RECYCLED;
        }
        expectedSequence = Math.max(expectedSequence, GroupScanner.endSequence(group));
        scanner.moveTo(at + group.paddedBytes());
        if (!pending.isEmpty()) {
            reportPending(scanner);
        }
        return Step.ON;
    }

    /** @return false if the slot was used again meanwhile */
    private boolean visitRecords(GroupScanner scanner, GroupHeader group) throws IOException {
        GroupRecords records = recordsOrNull(scanner, group);
        boolean isSecondLook = false;
        int passed = 0;
        while (true) {
            boolean isBad = records == null;
            if (records != null) {
                if (!records.next()) {
                    return true;
                }
                isBad = !records.isSound();
            }
            if (isBad && !isSecondLook) {
                isSecondLook = true;
                scanner.forget();
                records = recordsOrNull(scanner, group);
                for (int i = 0; i < passed && records != null; i++) {
                    records.next();
                }
                continue;
            }
            if (isBad && isRecycled()) {
                return false;
            }
            if (records == null) {
                pending.add(whole(scanner.offset(), group));
                return true;
            }
            passed++;
            RecordHeader header = records.header();
            if (isBad || header == null) {
                pending.add(part(scanner.offset(), records));
            } else {
                visitor.record(group, header, records.body());
            }
        }
    }

    private static BadPlace whole(long at, GroupHeader group) {
        return new BadPlace(
                at,
                at + group.paddedBytes(),
                group.firstSequence(),
                GroupScanner.endSequence(group),
                false,
                "a group cannot be read, or is not what was written");
    }

    private static BadPlace part(long at, GroupRecords records) {
        return new BadPlace(
                at + records.offset(),
                at + records.endOffset(),
                records.sequence(),
                records.endSequence(),
                false,
                "wrong checksum of a record");
    }

    /** A group that nothing stands behind may just have been cut off; one with a group behind it was safe. */
    private void reportPending(GroupScanner scanner) throws IOException {
        long behind = scanner.offset();
        Behind found = pending.isEmpty()
                ? Behind.NOTHING
                : behind(scanner, pending.get(0).from());
        scanner.moveTo(behind);
        for (BadPlace place : pending) {
            visitor.bad(isTorn(place, found) ? torn(place) : place);
        }
        pending.clear();
    }

    /** As {@link Replay} sees it. */
    private boolean isTorn(BadPlace place, Behind behind) {
        boolean costsNothing = place.fromSequence() == place.toSequence() && !behind.isForced();
        return !isEndKnown && (behind.isTorn() || costsNothing);
    }

    private static Behind behind(GroupScanner scanner, long place) {
        try {
            return Behind.look(scanner, place);
        } catch (IOException e) {
            return Behind.NOTHING;
        }
    }

    private static BadPlace torn(BadPlace place) {
        return new BadPlace(
                place.from(), place.to(), place.fromSequence(), place.toSequence(), true, "a group was cut off");
    }

    /** Where no group begins: goes on at the next one. */
    private Step passBadPlace(GroupScanner scanner) throws IOException {
        if (isRecycled()) {
            return Step.RECYCLED;
        }
        long from = scanner.offset();
        scanner.moveTo(from + Blocks.BYTES);
        GroupHeader next = looksBehindTheEnd ? seekOrNull(scanner) : null;
        if (next == null || isVoid(next)) {
            if (looksBehindTheEnd) {
                end(from, scanner.end());
            }
            scanner.moveTo(from);
            return Step.END;
        }
        long toSequence = Math.max(expectedSequence, next.firstSequence());
        BadPlace place =
                new BadPlace(from, scanner.offset(), expectedSequence, toSequence, false, "no group begins here");
        visitor.bad(isTorn(place, behind(scanner, from)) ? torn(place) : place);
        expectedSequence = toSequence;
        return Step.ON;
    }

    /** Behind the last group that is sound. */
    private void end(long from, long fileEnd) throws IOException {
        if (isEndKnown && expectedSequence < untilSequence) {
            visitor.bad(new BadPlace(
                    from, fileEnd, expectedSequence, untilSequence, false, "no group begins here, nor behind"));
            expectedSequence = untilSequence;
        } else if (!isEndKnown && beganHere(from)) {
            visitor.bad(new BadPlace(
                    from, from + Blocks.BYTES, expectedSequence, expectedSequence, true, "a group was cut off"));
        }
    }

    /** Whether what stands here was to be a group of this segment: its salt and its address say so. */
    private boolean beganHere(long at) throws IOException {
        ByteBuffer block = block(at);
        return block.limit() >= GroupHeader.BYTES
                && block.getInt(GroupHeader.SALT_AT) == segment.header().salt()
                && block.getLong(GroupHeader.LSN_AT) == segment.baseLsn() + at;
    }

    private boolean isRecycled() throws IOException {
        SegmentHeader now = SegmentHeader.read(block(0));
        return now != null && now.salt() != segment.header().salt();
    }

    private ByteBuffer block(long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(Blocks.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (StorageFile file = segment.storage().open(segment.slot(), Storage.Access.READ)) {
            return block.limit(Math.max(0, file.read(block, at)));
        } catch (IOException e) {
            return block.limit(0); // as good as not there
        }
    }

    private static @Nullable GroupHeader headerOnSecondLook(GroupScanner scanner) {
        GroupHeader group = headerOrNull(scanner);
        if (group == null) {
            scanner.forget();
            group = headerOrNull(scanner);
        }
        return group;
    }

    private static @Nullable GroupHeader headerOrNull(GroupScanner scanner) {
        try {
            return scanner.header();
        } catch (IOException e) {
            return null; // what the disk does not give is a bad place, whose end is to be found
        }
    }

    private static @Nullable GroupHeader seekOrNull(GroupScanner scanner) {
        try {
            return scanner.seekHeader();
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable GroupRecords recordsOrNull(GroupScanner scanner, GroupHeader group) {
        try {
            return scanner.records(group);
        } catch (IOException e) {
            return null;
        }
    }
}
