package org.millrace.durable.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the last segments whole and finds out how things stood: the snapshot that the first of them begins with, and what its records
 * and those of the following ones change. One thread.
 *
 * <p>A bad spot with a sound group behind it is damage. One with nothing sound behind it is where a write was torn that
 * nobody was told of, unless a later segment proves that there was more.
 */
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final String channel;
    private final List<Damage> damage = new ArrayList<>();
    private LogState state = new LogState();
    private long endSequence;

    Replay(String channel) {
        this.channel = channel;
    }

    LogState state() {
        return state;
    }

    /** Behind the last event that was found, or proven. */
    long endSequence() {
        return endSequence;
    }

    /** What was found on the way. */
    List<Damage> damage() {
        return damage;
    }

    /**
     * Goes through a segment.
     *
     * @param provenEnd the log reached at least this sequence before it left the segment
     * @throws IOException if the disk does not answer
     */
    void apply(GroupScanner groups, long provenEnd) throws IOException {
        endSequence = Math.max(endSequence, groups.segment().firstSequence());
        groups.moveTo(Blocks.BYTES);
        boolean goesOn = true;
        while (goesOn && groups.offset() < groups.end()) {
            GroupHeader header = SecondTry.orNull(groups, groups::header);
            goesOn = header == null ? crossHole(groups) : applyGroup(groups, header, provenEnd);
        }
        if (endSequence < provenEnd) {
            long from = groups.offset();
            damage.add(new Damage(
                    groups.segment(),
                    from,
                    groups.end(),
                    endSequence,
                    provenEnd,
                    "the rest of the segment is damaged"));
            endSequence = provenEnd;
        }
    }

    /** Goes on where a group begins again; false, and stays, if none does. */
    private boolean crossHole(GroupScanner groups) throws IOException {
        long from = groups.offset();
        groups.moveTo(from + Blocks.BYTES);
        GroupHeader next = seek(groups);
        if (next == null) {
            groups.moveTo(from);
            return false;
        }
        long to = Math.max(endSequence, next.firstSequence());
        damage.add(new Damage(groups.segment(), from, groups.offset(), endSequence, to, "no group begins here"));
        endSequence = to;
        return true;
    }

    /** Applies a group and goes on behind it; false, and stays, if it is where the log was torn. */
    private boolean applyGroup(GroupScanner groups, GroupHeader header, long provenEnd) throws IOException {
        GroupContent content = GroupContent.of(groups, header);
        if (!content.damage().isEmpty() && provenEnd <= header.firstSequence() && isLast(groups, header)) {
            LOG.info(
                    "channel {}: {}, byte {}: a write was cut short here; nothing in it was acked",
                    channel,
                    groups.segment(),
                    groups.offset());
            return false;
        }
        if (header.firstSequence() > endSequence) {
            long at = groups.offset();
            damage.add(new Damage(
                    groups.segment(),
                    at,
                    at,
                    endSequence,
                    header.firstSequence(),
                    "events are missing before this group"));
        }
        state = content.snapshot() == null ? state : content.snapshot();
        content.updates().forEach(state::apply);
        damage.addAll(content.damage());
        endSequence = Math.max(endSequence, GroupScanner.endSequence(header));
        groups.skip(header);
        return true;
    }

    private static boolean isLast(GroupScanner groups, GroupHeader header) throws IOException {
        long offset = groups.offset();
        groups.skip(header);
        boolean isLast = seek(groups) == null;
        groups.moveTo(offset);
        return isLast;
    }

    /** What is missing between a segment and the next one that is there: its headers tell where it ends. */
    static Damage missingAfter(GroupScanner groups, Segment next) throws IOException {
        long end = groups.segment().firstSequence();
        long offset = groups.offset();
        for (GroupHeader header = seek(groups); header != null; header = seek(groups)) {
            end = Math.max(end, GroupScanner.endSequence(header));
            groups.skip(header);
            offset = groups.offset();
        }
        String why = "segments are missing between this one and number " + next.number();
        return new Damage(groups.segment(), offset, groups.end(), end, next.firstSequence(), why);
    }

    private static @Nullable GroupHeader seek(GroupScanner groups) throws IOException {
        return SecondTry.orNull(groups, groups::seekHeader);
    }
}
