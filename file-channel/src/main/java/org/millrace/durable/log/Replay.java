package org.millrace.durable.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;

/**
 * Reads the last segments whole and finds out how things stood: the snapshot that the first of them begins with, and what its records
 * and those of the following ones change. One thread.
 *
 * <p>A bad spot is damage if a later group or segment proves that it was on disk once, or if events stand behind it. Otherwise it is
 * taken for a write that was cut short and that nobody was told of, and the log ends there.
 */
final class Replay {
    /** In place of a sequence: nothing proves how far the log has come. */
    static final long OPEN_END = -1;

    private static final Behind PROVEN = new Behind(true, false);

    private final List<Damage> damage = new ArrayList<>();
    private final List<Damage> torn = new ArrayList<>();
    private LogState state = new LogState();
    private long endSequence;
    private long endOffset = Blocks.BYTES;
    private long unsafeFrom;
    /** Of groups behind the first bad place in the segment in hand; null before there is one. */
    private Behind.@Nullable Heads heads;

    LogState state() {
        return state;
    }

    /** Behind the last event that was found, or proven. */
    long endSequence() {
        return endSequence;
    }

    /** In the segment that was read last: behind its last group. */
    long endOffset() {
        return endOffset;
    }

    /** What was found on the way. */
    List<Damage> damage() {
        return damage;
    }

    /** Where writes were cut short, as it seems. It costs nothing. */
    List<Damage> torn() {
        return torn;
    }

    /**
     * Goes through a segment.
     *
     * @param provenEnd the log reached this sequence, with everything on disk, before it left the segment: what stands here from there on
     *     is void; {@link #OPEN_END} if it may never have left it
     * @param unsafeFrom offset from which on groups may be on no disk: of such events their senders' numbers are not known, so that
     *     they are stored when they are sent again
     * @throws IOException if the disk does not answer
     */
    void apply(GroupScanner groups, long provenEnd, long unsafeFrom) throws IOException {
        this.unsafeFrom = unsafeFrom;
        this.heads = null;
        endSequence = Math.max(endSequence, groups.segment().firstSequence());
        state.seen().forgetAll(); // the snapshot knows; without it, void groups of the segment before might be believed
        groups.moveTo(Blocks.BYTES);
        boolean goesOn = true;
        while (goesOn && groups.offset() < groups.end()) {
            GroupHeader header = SecondTry.orNull(groups, groups::header);
            goesOn = header == null ? crossHole(groups, provenEnd) : applyGroup(groups, header, provenEnd);
        }
        endOffset = groups.offset();
        if (endSequence < provenEnd) {
            damage.add(new Damage(
                    groups.segment(),
                    endOffset,
                    groups.end(),
                    endSequence,
                    provenEnd,
                    "the rest of the segment is damaged"));
            endSequence = provenEnd;
        }
    }

    /** Goes on where a group begins again; false, and stays, if the log ends here. */
    private boolean crossHole(GroupScanner groups, long provenEnd) throws IOException {
        long from = groups.offset();
        groups.moveTo(from + Blocks.BYTES);
        GroupHeader next = seek(groups);
        if (next == null || isVoid(next, provenEnd)) {
            groups.moveTo(from);
            if (provenEnd == OPEN_END) {
                noteTorn(groups, SecondTry.orNull(groups, groups::begunBytes));
            }
            return false;
        }
        Behind behind = provenEnd == OPEN_END ? behind(groups, from) : PROVEN;
        if (behind.isTorn()) {
            return endAtTear(groups, from);
        }
        long to = Math.max(endSequence, next.firstSequence());
        add(new Damage(groups.segment(), from, groups.offset(), endSequence, to, "no group begins here"), behind);
        endSequence = to;
        return true;
    }

    /** Applies a group and goes on behind it; false, and stays, if the log ends here. */
    private boolean applyGroup(GroupScanner groups, GroupHeader header, long provenEnd) throws IOException {
        if (isVoid(header, provenEnd)) {
            return false;
        }
        GroupContent content = GroupContent.of(groups, header);
        Behind behind = PROVEN;
        if (!content.damage().isEmpty() && provenEnd <= header.firstSequence()) {
            behind = behind(groups, header);
            if (behind.isTorn()) {
                return endAtTear(groups, groups.offset());
            }
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
        apply(content, groups.offset(), header.epochMillis());
        for (Damage one : content.damage()) {
            add(one, behind);
        }
        endSequence = Math.max(endSequence, GroupScanner.endSequence(header));
        groups.skip(header);
        return true;
    }

    private void apply(GroupContent content, long offset, long epochMillis) {
        state = content.snapshot() == null ? state : content.snapshot();
        content.updates().forEach(state::apply);
        if (offset < unsafeFrom) {
            content.numbered().forEach(put -> state.seen().add(put.first(), put.events(), epochMillis));
        }
    }

    /** Again and again the same write may have failed and been made somewhere else. */
    private static boolean isVoid(GroupHeader header, long provenEnd) {
        return provenEnd != OPEN_END
                && (header.firstSequence() > provenEnd || (header.firstSequence() == provenEnd && header.events() > 0));
    }

    private Behind behind(GroupScanner groups, GroupHeader header) throws IOException {
        long place = groups.offset();
        groups.skip(header);
        Behind behind = behind(groups, place);
        groups.moveTo(place);
        return behind;
    }

    /** Looked for once in a segment, at its first bad place: nobody writes to it meanwhile. */
    private Behind behind(GroupScanner groups, long place) throws IOException {
        if (heads == null) {
            heads = Behind.Heads.from(groups);
        }
        return heads.behind(groups, place);
    }

    /** What costs nothing, and may never have been on disk, is no damage. */
    private void add(Damage one, Behind behind) {
        if (one.lostEvents() == 0 && !behind.isForced()) {
            torn.add(one);
        } else {
            damage.add(one);
        }
    }

    /** Nothing from here on was acked. Positions that were written behind are as good as any; gives false, and stays. */
    private boolean endAtTear(GroupScanner groups, long place) throws IOException {
        noteTorn(groups, SecondTry.orNull(groups, groups::begunBytes));
        groups.moveTo(place + Blocks.BYTES);
        for (GroupHeader header = seek(groups); header != null; header = seek(groups)) {
            GroupContent content = GroupContent.of(groups, header);
            if (content.damage().isEmpty() && header.events() == 0) {
                apply(content, groups.offset(), header.epochMillis());
            }
            groups.skip(header);
        }
        groups.moveTo(place);
        return false;
    }

    private void noteTorn(GroupScanner groups, @Nullable Long bytes) {
        if (bytes != null && bytes > 0) {
            long from = groups.offset();
            String why = "a write was cut short here that nobody was told of, unless the disk has damaged it since";
            torn.add(new Damage(groups.segment(), from, from + bytes, endSequence, endSequence, why));
        }
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
