package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordType;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in the newest segment behind all that a group says to be on disk. It can be read, and may be on no disk: a process that is
 * killed leaves in the system's cache what it had not forced, and so does one whose force failed, for the system then takes those bytes
 * for written: the next force succeeds and does nothing for them. So they are written once more, as they are read, and forced.
 *
 * <p>Of a put that was cut short, what stands before the cut is kept: if its disk has lost a bit since, it may have been acked.
 */
final class UnprovenTail {
    private static final Logger LOG = LoggerFactory.getLogger(UnprovenTail.class);
    private static final int PART_BYTES = 1 << 20;

    private final String channel;
    private final @Nullable SegmentCiphers ciphers;
    private final ReadBuffers buffers;
    private final Quarantine quarantine;

    /** Offsets. */
    private long provenEnd;

    private long end;
    /** The last group that has events, of those that nothing proves; null if there is none. */
    private @Nullable Found lastPuts;
    /** Behind it. */
    private final Deque<Found> behind = new ArrayDeque<>();

    /** Where a group stands. */
    private record Found(long offset, GroupHeader header) {
        Found with(int records, int usedBytes, int events, long firstSequence) {
            return new Found(
                    offset,
                    new GroupHeader(
                            header.salt(),
                            header.isEncrypted(),
                            header.lsn(),
                            header.paddedBytes(),
                            usedBytes,
                            records,
                            events,
                            firstSequence,
                            header.durableLsn(),
                            header.epochMillis()));
        }
    }

    /** @param quarantine gets what is cut off */
    UnprovenTail(String channel, @Nullable SegmentCiphers ciphers, ReadBuffers buffers, Quarantine quarantine) {
        this.channel = channel;
        this.ciphers = ciphers;
        this.buffers = buffers;
        this.quarantine = quarantine;
    }

    /**
     * Makes sure of it.
     *
     * @param segment the newest one, none begun behind it
     * @return offset of the first group that may be on no disk for all that; {@link Long#MAX_VALUE} if there is none
     * @throws IOException if the disk does not answer, or the segment is not for this process to write to
     */
    long secure(Segment segment) throws IOException {
        Found whole = find(segment);
        if (end <= provenEnd) {
            return Long.MAX_VALUE;
        }
        try {
            try {
                write(segment, whole);
            } catch (IOException once) {
                write(segment, whole);
            }
            return Long.MAX_VALUE;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn(
                    "channel {}: {}, bytes {} to {} cannot be written once more and forced: a loss of power may cost what"
                            + " stands there; if it is sent again it is stored again",
                    channel,
                    segment,
                    provenEnd,
                    end,
                    e);
            return provenEnd;
        }
    }

    /** Looks where the tail begins and ends; gives the sound part of its last puts if the rest is not. */
    private @Nullable Found find(Segment segment) throws IOException {
        try (GroupScanner groups = GroupScanner.open(segment, ciphers, buffers)) {
            for (GroupHeader header = seek(groups); header != null; header = seek(groups)) {
                provenEnd = Math.max(provenEnd, header.durableLsn() - segment.baseLsn());
                Found found = new Found(groups.offset(), header);
                if (header.events() > 0) {
                    lastPuts = found;
                    behind.clear();
                } else {
                    behind.push(found);
                }
                groups.skip(header);
                end = groups.offset();
            }
            return lastPuts == null || lastPuts.offset() < provenEnd ? null : soundPart(groups, lastPuts);
        }
    }

    private static @Nullable GroupHeader seek(GroupScanner groups) throws IOException {
        return SecondTry.orNull(groups, groups::seekHeader);
    }

    /** Null if all of it is sound, or no event. */
    private static @Nullable Found soundPart(GroupScanner groups, Found puts) throws IOException {
        groups.moveTo(puts.offset());
        GroupRecords records = SecondTry.orNull(groups, () -> groups.records(puts.header()));
        if (records == null) {
            return null; // encrypted as a whole
        }
        int sound = 0;
        int events = 0;
        while (records.next() && records.isSound()) {
            sound++;
            events += records.header() != null && records.header().type() == RecordType.BATCH
                    ? records.header().events()
                    : 0;
        }
        boolean isPart =
                sound < puts.header().records() && events > 0 && !puts.header().isEncrypted();
        return isPart ? puts.with(sound, records.offset(), events, puts.header().firstSequence()) : null;
    }

    private void write(Segment segment, @Nullable Found whole) throws IOException {
        try (StorageFile file = segment.storage().open(segment.slot(), Storage.Access.WRITE)) {
            if (whole != null) {
                cutOff(segment, file, whole);
            }
            for (long at = provenEnd; at < end; at += PART_BYTES) {
                writeAgain(file, at, (int) Math.min(PART_BYTES, end - at));
            }
            file.force();
        }
    }

    /** The later first: what was forced before the cut is no gap in front of what comes behind. */
    private void cutOff(Segment segment, StorageFile file, Found whole) throws IOException {
        long endSequence = GroupScanner.endSequence(whole.header());
        long cutAt = whole.offset() + whole.header().usedBytes();
        long groupEnd = whole.offset() + whole.header().paddedBytes();
        quarantine.keepTorn(new Damage(
                segment,
                cutAt,
                groupEnd,
                endSequence,
                endSequence,
                "a write was cut short here, or damaged since; the "
                        + whole.header().events() + " events before it, from "
                        + whole.header().firstSequence() + " on, are whole and kept"));
        for (Found group : behind) {
            GroupHeader header = group.header();
            writeHeader(
                    file,
                    group.with(header.records(), header.usedBytes(), 0, Math.min(header.firstSequence(), endSequence)));
        }
        file.force();
        writeHeader(file, whole);
    }

    private static void writeHeader(StorageFile file, Found group) throws IOException {
        ByteBuffer block = read(file, group.offset(), Blocks.BYTES);
        group.header().write(block, 0);
        file.write(block, group.offset());
    }

    /** What cannot be read stays as it is. */
    private static void writeAgain(StorageFile file, long at, int bytes) throws IOException {
        ByteBuffer part;
        try {
            part = read(file, at, bytes);
        } catch (IOException e) {
            if (bytes > Blocks.BYTES) {
                for (int block = 0; block < bytes; block += Blocks.BYTES) {
                    writeAgain(file, at + block, Blocks.BYTES);
                }
            }
            return;
        }
        file.write(part, at);
    }

    private static ByteBuffer read(StorageFile file, long at, int bytes) throws IOException {
        ByteBuffer part = Blocks.allocate(bytes);
        file.read(part, at);
        return part.flip();
    }
}
