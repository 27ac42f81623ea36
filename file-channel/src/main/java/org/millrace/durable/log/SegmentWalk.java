package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
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
 * <p>What is not sound is read a second time before it is called so: the first time it may have been on its way to the disk. Where the
 * log may still grow, it is read once more after what stands behind it: what an agent has written meanwhile is whole by then.
 */
public final class SegmentWalk {
    /** In place of a sequence: no segment follows, everything in this one counts. */
    public static final long NEWEST = Long.MAX_VALUE;

    private final Segment segment;
    private final long untilSequence;
    private final @Nullable SegmentCiphers ciphers;
    private final Visitor visitor;

    /** Whether the segment goes up to {@link #untilSequence}, or what it lacks is lost. */
    private boolean isEndKnown;

    private long offset = Blocks.BYTES;
    private long expectedSequence;
    /** Where the log ends, as nobody was told of the events behind; -1 if they are safe. */
    private long tornSequence = -1;

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
     * @param isRecycled the slot is gone, or holds something else by now: an agent deletes it or uses it again once its events are taken
     * @param endSequence behind the last event that is there, or lost; those of a torn group, whose records were asked for, are neither
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

    /**
     * For who comes back soon: ends where no group begins, without looking whether there are more behind; and before a group that may
     * still be on its way, of which it says nothing.
     */
    public SegmentWalk toTheFirstEnd() {
        looksBehindTheEnd = false;
        return this;
    }

    /**
     * Walks.
     *
     * @throws IOException if the disk does not give the file, or its key is not at hand
     */
    public Walked run(Memory memory) throws IOException {
        GroupScanner scanner = openOrNull(memory);
        if (scanner == null) {
            return new Walked(true, expectedSequence, offset);
        }
        try (scanner) {
            scanner.moveTo(offset);
            boolean isRecycled = walk(scanner) == Step.RECYCLED;
            return new Walked(isRecycled, tornSequence < 0 ? expectedSequence : tornSequence, scanner.offset());
        }
    }

    /** Null if the slot is gone. */
    private @Nullable GroupScanner openOrNull(Memory memory) throws IOException {
        try {
            return GroupScanner.open(segment, ciphers == null ? KeylessCipher.OF_ALL : ciphers, memory.buffers);
        } catch (NoSuchFileException e) {
            return null;
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
        Step step = want == Want.RECORDS ? visitRecords(scanner, group) : Step.ON;
        if (step == Step.ON) {
            expectedSequence = Math.max(expectedSequence, GroupScanner.endSequence(group));
            scanner.moveTo(at + group.paddedBytes());
        }
        return step;
    }

    private Step visitRecords(GroupScanner scanner, GroupHeader group) throws IOException {
        GroupRecords records = recordsOrNull(scanner, group);
        boolean isWhole = isWhole(records);
        if (!isWhole) {
            scanner.forget();
            records = recordsOrNull(scanner, group);
            isWhole = isWhole(records);
        }
        Behind behind = Behind.NOTHING;
        if (!isWhole && !isEndKnown) {
            behind = behind(scanner, group);
            scanner.forget();
            records = recordsOrNull(scanner, group); // what stands behind was written when this was whole
            isWhole = isWhole(records);
        }
        if (!isWhole && isRecycled()) {
            return Step.RECYCLED;
        }
        if (!isWhole && mayGrow() && behind.isTorn()) {
            return Step.END;
        }
        boolean isTorn = !isWhole && !isEndKnown && behind.isTorn() && group.events() > 0;
        tornSequence = isTorn ? expectedSequence : group.events() > 0 ? -1 : tornSequence;
        visit(scanner.offset(), group, behind, records == null ? null : records.again(), isWhole);
        return Step.ON;
    }

    /** Whether what is not there yet may come, and somebody will look. */
    private boolean mayGrow() {
        return !isEndKnown && !looksBehindTheEnd;
    }

    private static boolean isWhole(@Nullable GroupRecords records) {
        boolean isWhole = records != null;
        while (isWhole && records != null && records.next()) {
            isWhole = records.isSound();
        }
        return isWhole;
    }

    /** @param isWhole whether all records are known to be sound: no checksum is computed again */
    private void visit(long at, GroupHeader group, Behind behind, @Nullable GroupRecords records, boolean isWhole)
            throws IOException {
        List<BadPlace> bad = new ArrayList<>();
        if (records == null) {
            bad.add(whole(at, group));
        }
        while (records != null && records.next()) {
            RecordHeader header = records.header();
            if (header != null && (isWhole || records.isSound())) {
                visitor.record(group, header, records.body());
            } else {
                bad.add(part(at, records));
            }
        }
        for (BadPlace place : bad) {
            visitor.bad(isTorn(place, behind) ? torn(place) : place);
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

    /** As {@link Replay} sees it. */
    private boolean isTorn(BadPlace place, Behind behind) {
        boolean costsNothing = place.fromSequence() == place.toSequence() && !behind.isForced();
        return !isEndKnown && (behind.isTorn() || costsNothing);
    }

    /** Leaves the scanner where the group begins. */
    private static Behind behind(GroupScanner scanner, GroupHeader group) {
        long at = scanner.offset();
        scanner.skip(group);
        Behind behind = behind(scanner, at);
        scanner.moveTo(at);
        return behind;
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
        long from = scanner.offset();
        if (!looksBehindTheEnd) {
            return isRecycled() ? Step.RECYCLED : Step.END;
        }
        scanner.moveTo(from + Blocks.BYTES);
        GroupHeader next = seekOrNull(scanner);
        long nextAt = scanner.offset();
        scanner.moveTo(from);
        if (isRecycled()) {
            return Step.RECYCLED;
        }
        if (!isEndKnown && hasCome(scanner)) {
            return Step.ON;
        }
        if (next == null || isVoid(next)) {
            end(scanner);
            return Step.END;
        }
        scanner.moveTo(nextAt);
        long toSequence = Math.max(expectedSequence, next.firstSequence());
        BadPlace place = new BadPlace(from, nextAt, expectedSequence, toSequence, false, "no group begins here");
        visitor.bad(isTorn(place, behind(scanner, from)) ? torn(place) : place);
        expectedSequence = toSequence;
        return Step.ON;
    }

    /** Whether an agent has written a group here since, which it does before it writes the next one. */
    private static boolean hasCome(GroupScanner scanner) {
        scanner.forget();
        return headerOrNull(scanner) != null;
    }

    /** Behind the last group that is sound. */
    private void end(GroupScanner scanner) throws IOException {
        long from = scanner.offset();
        if (isEndKnown && expectedSequence < untilSequence) {
            visitor.bad(new BadPlace(
                    from, scanner.end(), expectedSequence, untilSequence, false, "no group begins here, nor behind"));
            expectedSequence = untilSequence;
        } else if (!isEndKnown && beganHere(scanner)) {
            visitor.bad(new BadPlace(
                    from, from + Blocks.BYTES, expectedSequence, expectedSequence, true, "a group was cut off"));
        }
    }

    private static boolean beganHere(GroupScanner scanner) {
        try {
            return scanner.begunBytes() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isRecycled() {
        ByteBuffer block = ByteBuffer.allocate(Blocks.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (StorageFile file = segment.storage().open(segment.slot(), Storage.Access.READ)) {
            block.limit(Math.max(0, file.read(block, 0)));
        } catch (NoSuchFileException e) {
            return true;
        } catch (IOException e) {
            return false; // nothing says so
        }
        SegmentHeader now = SegmentHeader.read(block);
        return now != null && now.salt() != segment.header().salt();
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
