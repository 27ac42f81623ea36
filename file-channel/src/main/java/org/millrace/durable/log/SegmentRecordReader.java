package org.millrace.durable.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;

/**
 * Reads records from the segments' files, group by group. A group is trusted record by record; what is not sound is read from the disk
 * once more, then it is reported and given as a gap.
 *
 * <p>What a segment holds from the first sequence of the next one on is never looked at. The log promises that a segment is among the
 * {@link Segments} before one of its events is durable, and is no longer there before its slot is written again.
 */
final class SegmentRecordReader implements RecordReader {
    private final Segments segments;
    private final @Nullable SegmentCiphers ciphers;
    private final Consumer<Damage> onDamage;
    private final ReadBuffers buffers = new ReadBuffers();

    private long sequence;
    /** Of the segment read last. It stands on the group that is open, or where the next one should begin. */
    private @Nullable GroupScanner scanner;
    /** All events before this one stand before the scanner's offset, in this segment or an older one. */
    private long scannedTo;
    /** The group that is open. */
    private @Nullable GroupRecords group;
    /** Offset of the group that was read a second time, since it was not sound the first time; 0 for none. */
    private long readAgain;

    /**
     * @param ciphers null if nothing is encrypted
     * @param onDamage is told, on the reading thread, of what it comes across; of the same again when it comes by again
     * @param sequence of the event to begin with
     */
    SegmentRecordReader(Segments segments, @Nullable SegmentCiphers ciphers, Consumer<Damage> onDamage, long sequence) {
        this.segments = segments;
        this.ciphers = ciphers;
        this.onDamage = onDamage;
        this.sequence = sequence;
    }

    @Override
    public long sequence() {
        return sequence;
    }

    @Override
    public void seek(long target) {
        sequence = target;
        group = null;
        if (scanner != null && target < scannedTo) {
            scanner.moveTo(Blocks.BYTES);
            scannedTo = scanner.segment().firstSequence();
        }
    }

    @Override
    public @Nullable Entry next(long durableSequence) throws IOException {
        while (sequence < durableSequence) {
            Entry entry = scanner != null && group != null ? nextRecord(scanner, group) : nextGroup(durableSequence);
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    /** One step towards the group that has the event; null if another step follows. */
    private @Nullable Entry nextGroup(long durableSequence) throws IOException {
        Segment segment = segmentWithNext();
        if (segment == null) {
            return nothingBefore(durableSequence);
        }
        if (scanner == null || !scanner.segment().equals(segment)) {
            return moveTo(segment, durableSequence);
        }
        return enter(scanner, durableSequence);
    }

    /** Opens the group that the scanner stands on, or passes it over. */
    private @Nullable Entry enter(GroupScanner groups, long durableSequence) throws IOException {
        GroupHeader header = null;
        GroupRecords records = null;
        try {
            header = groups.header();
            if (header != null && header.firstSequence() <= sequence && GroupScanner.endSequence(header) > sequence) {
                records = groups.records(header);
            }
        } catch (IOException e) {
            groups.checkDisk(); // is it this place, or all of it?
            return notSound(groups, header, e.toString(), durableSequence);
        }
        if (header == null) {
            return notSound(groups, null, "no group begins here", durableSequence);
        }
        if (GroupScanner.endSequence(header) <= sequence) {
            pass(groups, header);
            return null;
        }
        if (header.firstSequence() > sequence) {
            long at = groups.offset();
            return report(new Damage(
                    groups.segment(),
                    at,
                    at,
                    scannedTo,
                    gapEnd(groups.segment(), header.firstSequence(), durableSequence),
                    "events are missing before this group"));
        }
        group = records;
        scannedTo = header.firstSequence();
        return records == null ? notSound(groups, header, "the cipher text is damaged", durableSequence) : null;
    }

    private @Nullable Segment segmentWithNext() {
        if (scanner != null && scanner.segment().firstSequence() <= sequence && segments.contains(scanner.segment())) {
            Segment next = segments.after(scanner.segment());
            if (next == null || next.firstSequence() > sequence) {
                return scanner.segment();
            }
        }
        return segments.with(sequence);
    }

    private @Nullable Gap nothingBefore(long durableSequence) {
        Segment oldest = segments.oldest();
        if (oldest == null) {
            return gap(durableSequence, "no segment is left");
        }
        long to = Math.min(oldest.firstSequence(), durableSequence);
        return report(Damage.missingBefore(oldest, sequence, to));
    }

    private @Nullable Entry moveTo(Segment segment, long durableSequence) throws IOException {
        leaveSegment();
        scannedTo = segment.firstSequence();
        try {
            scanner = GroupScanner.open(segment, ciphers, buffers);
        } catch (NoSuchFileException e) {
            return segments.contains(segment) ? report(rest(segment, 0, 0, "the file is gone", durableSequence)) : null;
        } catch (IOException e) {
            if (segments.contains(segment)) {
                throw e;
            }
        }
        return null;
    }

    /** Goes on behind a group. */
    private void pass(GroupScanner groups, GroupHeader header) {
        groups.skip(header);
        group = null;
        scannedTo = GroupScanner.endSequence(header);
    }

    /** The next batch of the open group; null if it has no more. */
    private @Nullable Entry nextRecord(GroupScanner groups, GroupRecords records) {
        while (records.next()) {
            RecordHeader header = records.header();
            if (records.endSequence() <= sequence) {
                continue; // no event, or events that are passed over; their checksum does not matter
            }
            if (header == null || header.type() != RecordType.BATCH || !records.isSound()) {
                return notSound(groups, records);
            }
            return storedOrNone(records, header);
        }
        long end = GroupScanner.endSequence(records.group());
        Entry rest = end <= sequence ? null : gap(end, groups.segment() + ": a group has less events than it says");
        pass(groups, records.group());
        return rest;
    }

    /** What is thrown, such as for want of memory, leaves the reader where it stood: the record comes again. */
    private Stored storedOrNone(GroupRecords records, RecordHeader header) {
        boolean isGiven = false;
        try {
            Stored stored = stored(records, header);
            isGiven = true;
            return stored;
        } finally {
            if (!isGiven) {
                group = null; // its records have moved on; from its beginning they lead to this one again
            }
        }
    }

    private Stored stored(GroupRecords records, RecordHeader header) {
        int passedOver = (int) (sequence - header.sequence());
        EventBatch batch =
                behind(passedOver, EventBatch.restore(records.body(), header.events(), header.eventBodyBytes()));
        boolean hasSender = !header.sender().equals(RecordHeader.NO_SENDER);
        Stored stored = new Stored(
                sequence,
                batch,
                header.sender(),
                hasSender ? header.senderSequence() + passedOver : header.senderSequence(),
                records.group().epochMillis());
        sequence = records.endSequence();
        return stored;
    }

    /** What is left of a batch, which is taken over, behind so many events. */
    private static EventBatch behind(int passedOver, EventBatch batch) {
        if (passedOver == 0) {
            return batch;
        }
        EventBatch.Split split;
        try {
            split = batch.split(passedOver);
        } catch (RuntimeException | Error e) {
            batch.release();
            throw e;
        }
        split.head().release();
        return split.tail();
    }

    /** A record of the open group is damaged, or all of its rest. */
    private @Nullable Entry notSound(GroupScanner groups, GroupRecords records) {
        if (mayReadAgain(groups)) {
            return null;
        }
        long from = groups.offset() + records.offset();
        long to = groups.offset() + records.endOffset();
        long end = records.endSequence();
        Damage damage = new Damage(groups.segment(), from, to, records.sequence(), end, "wrong checksum of a record");
        return isRecycled(groups) ? null : report(damage);
    }

    /** No group begins where one should, or it cannot be opened. */
    private @Nullable Entry notSound(
            GroupScanner groups, @Nullable GroupHeader header, String why, long durableSequence) throws IOException {
        if (mayReadAgain(groups)) {
            return null;
        }
        long from = groups.offset();
        groups.moveTo(from + (header == null ? Blocks.BYTES : header.paddedBytes()));
        GroupHeader next;
        try {
            next = groups.seekHeader();
        } catch (IOException e) {
            groups.moveTo(from); // to try again
            throw e;
        }
        if (isRecycled(groups)) {
            return null;
        }
        if (next != null) {
            long end = gapEnd(groups.segment(), next.firstSequence(), durableSequence);
            return report(new Damage(groups.segment(), from, groups.offset(), scannedTo, end, why));
        }
        Damage rest = rest(groups.segment(), from, groups.offset(), why, durableSequence);
        if (segments.after(groups.segment()) == null) {
            groups.moveTo(from); // the writer goes on in this segment: look again, when there is more
            groups.forget();
        }
        return report(rest);
    }

    /** What is gone if nothing more can be read of a segment. */
    private Damage rest(Segment segment, long from, long to, String why, long durableSequence) {
        long end = gapEnd(segment, durableSequence, durableSequence);
        return new Damage(segment, from, to, scannedTo, end, why);
    }

    /** Where a gap ends at the latest: what the next segment has is not gone, and what is not durable is not there yet. */
    private long gapEnd(Segment segment, long most, long durableSequence) {
        Segment next = segments.after(segment);
        long end = Math.min(most, durableSequence);
        return next == null ? end : Math.min(next.firstSequence(), end);
    }

    /** The disk may have been wrong: once for each place. What we had read ahead of the writer does not count. */
    private boolean mayReadAgain(GroupScanner groups) {
        boolean wasReadAhead = groups.isReadAhead();
        if (readAgain == groups.offset() && !wasReadAhead) {
            return false;
        }
        groups.forget();
        readAgain = wasReadAhead ? readAgain : groups.offset();
        group = null;
        return true;
    }

    /** The slot has been given to another segment, so that what stands there says nothing about ours. */
    private boolean isRecycled(GroupScanner groups) {
        if (segments.contains(groups.segment())) {
            return false;
        }
        leaveSegment();
        return true;
    }

    /** The reader goes on behind it; null if the event it wants is not hit. */
    private @Nullable Gap report(Damage damage) {
        onDamage.accept(damage);
        scannedTo = Math.max(scannedTo, damage.toSequence());
        return damage.toSequence() <= sequence ? null : gap(damage.toSequence(), damage.describe());
    }

    private Gap gap(long to, String why) {
        Gap gap = new Gap(sequence, to, why);
        sequence = to;
        return gap;
    }

    private void leaveSegment() {
        group = null;
        readAgain = 0;
        if (scanner != null) {
            scanner.close();
            scanner = null;
        }
    }

    @Override
    public void close() {
        leaveSegment();
    }
}
