package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.format.PositionUpdates;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;
import org.millrace.durable.log.LogView;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.SegmentCiphers;
import org.millrace.durable.log.SegmentWalk;
import org.millrace.durable.storage.Storage;

/**
 * A channel's directories as they are now, and how its readers stand, as its newest segment tells. Immutable.
 *
 * @param segments oldest first
 * @param state null if it cannot be read: there is no segment, or its key is not at hand
 * @param endSequence behind the newest event, or the newest that was committed: as a restart sees it, whose numbers are not given again
 * @param newestUsedBytes of the newest segment; 0 without one
 * @param ciphers to read with; null without keys
 */
record ChannelFiles(
        LogView view,
        List<FoundSlot> segments,
        @Nullable LogState state,
        long endSequence,
        long newestUsedBytes,
        @Nullable SegmentCiphers ciphers) {
    /** An agent that is done with the newest segment before we have read it makes us look again; not for ever. */
    private static final int MOST_LOOKS = 10;

    private static final SegmentWalk.Visitor HEADERS_ONLY = new SegmentWalk.Visitor() {
        @Override
        public SegmentWalk.Want group(long offset, GroupHeader group) {
            return SegmentWalk.Want.NOTHING;
        }

        @Override
        public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {
            // not asked for
        }

        @Override
        public void bad(SegmentWalk.BadPlace place) {
            // verify tells of it
        }
    };

    /**
     * Where a segment ends.
     *
     * @param sequence first one of the next segment that is there: what this one holds from there on is void. Or {@link SegmentWalk#NEWEST}
     * @param isKnown whether it goes up to there, but for what is lost; else segments that stood between are not there any more
     */
    record End(long sequence, boolean isKnown) {
        static End before(FoundSlot segment, FoundSlot next) {
            long number = segment.segment().number();
            return new End(next.segment().firstSequence(), next.segment().number() == number + 1);
        }

        SegmentWalk walk(FoundSlot slot, @Nullable SegmentCiphers ciphers, SegmentWalk.Visitor visitor) {
            SegmentWalk walk = new SegmentWalk(slot.storage(), slot.slot(), slot.segment(), sequence, ciphers, visitor);
            return isKnown ? walk : walk.withoutKnownEnd();
        }
    }

    static ChannelFiles look(List<Storage> directories, @Nullable SegmentCiphers ciphers) throws IOException {
        return look(directories, ciphers, MOST_LOOKS);
    }

    private static ChannelFiles look(List<Storage> directories, @Nullable SegmentCiphers ciphers, int mostLooks)
            throws IOException {
        LogView view = LogView.of(directories, ciphers);
        List<FoundSlot> segments = view.segments();
        List<StateReader> replayed = new ArrayList<>();
        SegmentWalk.Memory memory = new SegmentWalk.Memory();
        for (int i = segments.size() - 1; i >= 0; i--) { // nearly always the first one has what we need
            StateReader reader = new StateReader(isLocked(segments.get(i), ciphers));
            reader.walk(segments.get(i), endOf(view, segments, i), ciphers, memory);
            if (reader.isRecycled && mostLooks > 1) {
                return look(directories, ciphers, mostLooks - 1);
            }
            replayed.add(0, reader);
            if (reader.snapshot != null || reader.isLocked) {
                break;
            }
        }
        long end = segments.isEmpty() ? 0 : replayed.get(replayed.size() - 1).endSequence;
        long used = segments.isEmpty() ? 0 : replayed.get(replayed.size() - 1).usedBytes;
        LogState state = state(replayed);
        long committed = state == null ? 0 : highestCommitted(state);
        return new ChannelFiles(view, segments, state, Math.max(end, committed), used, ciphers);
    }

    private static long highestCommitted(LogState state) {
        long highest = 0;
        for (String reader : state.readers()) {
            highest = Math.max(highest, state.watermark(reader));
            for (EventRange range : state.committedAbove(reader)) {
                highest = Math.max(highest, range.to());
            }
        }
        return highest;
    }

    /** As they are by now. */
    ChannelFiles lookAgain() throws IOException {
        return look(view.directories().stream().map(LogView.Directory::storage).toList(), ciphers);
    }

    private static @Nullable LogState state(List<StateReader> replayed) {
        LogState state = null;
        for (StateReader reader : replayed) {
            state = reader.snapshot == null ? state : reader.snapshot;
            if (state != null) {
                reader.updates.forEach(state::apply);
            }
        }
        return state;
    }

    /** True if a segment is encrypted and there are no keys. */
    static boolean isLocked(FoundSlot segment, @Nullable SegmentCiphers ciphers) {
        return ciphers == null && !segment.segment().keyName().isEmpty();
    }

    /** Of a segment, as those tell that are there. */
    End endOf(int index) {
        return endOf(view, segments, index);
    }

    private static End endOf(LogView view, List<FoundSlot> segments, int index) {
        FoundSlot segment = segments.get(index);
        if (index + 1 < segments.size()) {
            return End.before(segment, segments.get(index + 1));
        }
        long proven = view.provenEnd(segment.segment().number());
        return new End(proven, proven != SegmentWalk.NEWEST);
    }

    /**
     * Behind the last event of a segment. Reads its groups' headers where no segment follows that tells. {@link SegmentWalk#NEWEST} if
     * its slot is gone meanwhile, or used again.
     *
     * @throws IOException if it cannot be read
     */
    long endSequenceOf(int index) throws IOException {
        if (index == segments.size() - 1) {
            return endSequence;
        }
        End end = endOf(index);
        if (end.isKnown()) {
            return end.sequence();
        }
        SegmentWalk.Walked walked =
                end.walk(segments.get(index), null, HEADERS_ONLY).run(new SegmentWalk.Memory());
        return walked.isRecycled() ? SegmentWalk.NEWEST : walked.endSequence();
    }

    /** Everything before it is committed by all readers; what nobody can tell counts as not committed. */
    long lowestWatermark() {
        return state == null ? 0 : Math.min(state.lowestWatermark(), endSequence);
    }

    /** The index of the first segment that has events which a reader needs; the newest one if there are none. */
    int firstNeeded() {
        int index = segments.size() - 1;
        while (index > 0 && segments.get(index).segment().firstSequence() > lowestWatermark()) {
            index--;
        }
        return Math.max(0, index);
    }

    /** The first event that is still there. */
    long oldestSequence() {
        return segments.isEmpty() ? 0 : segments.get(0).segment().firstSequence();
    }

    /** Events that a reader has not committed. */
    static long backlog(LogState state, String reader, long endSequence) {
        long above = state.committedAbove(reader).stream()
                .mapToLong(range -> range.events())
                .sum();
        return Math.max(0, endSequence - state.watermark(reader) - above);
    }

    /** Collects what a segment says of positions. */
    private static final class StateReader implements SegmentWalk.Visitor {
        private final boolean isLocked;
        private final List<PositionUpdate> updates = new ArrayList<>();
        private @Nullable LogState snapshot;
        private long endSequence;
        private long usedBytes;
        private boolean isRecycled;

        StateReader(boolean isLocked) {
            this.isLocked = isLocked;
        }

        void walk(FoundSlot slot, End end, @Nullable SegmentCiphers ciphers, SegmentWalk.Memory memory)
                throws IOException {
            SegmentWalk.Walked walked = end.walk(slot, ciphers, this).run(memory);
            endSequence = walked.endSequence();
            usedBytes = walked.endOffset();
            isRecycled = walked.isRecycled();
        }

        @Override
        public SegmentWalk.Want group(long offset, GroupHeader group) {
            return isLocked ? SegmentWalk.Want.NOTHING : SegmentWalk.Want.RECORDS;
        }

        @Override
        public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {
            if (record.type() == RecordType.SNAPSHOT) {
                snapshot = LogState.decode(array(body));
                updates.clear();
            } else if (record.type() == RecordType.POSITIONS) {
                updates.addAll(PositionUpdates.decode(array(body)));
            }
        }

        @Override
        public void bad(SegmentWalk.BadPlace place) {
            // verify tells of it; what was committed there is delivered again
        }

        private static byte[] array(ByteBuffer body) {
            byte[] array = new byte[body.remaining()];
            body.get(array);
            return array;
        }
    }
}
