package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;

/**
 * How much of a log's files events take. A segment that is wanted whole, and that was written to its end, counts with its size, unread; of
 * the others, which are the first one, the last one, and those that a stop or a crash ended early, the heads of the groups are read. One
 * thread.
 */
final class OccupiedBytes implements SegmentWalk.Visitor {
    private final long from;
    private final long end;
    private long bytes;

    /**
     * @param from the first event that counts
     * @param end behind the last one
     */
    private OccupiedBytes(long from, long end) {
        this.from = from;
        this.end = end;
    }

    /**
     * Of events from one on.
     *
     * @param end behind the last event; no segment that begins there counts
     * @throws IOException if the disk does not answer
     */
    static long of(Segments segments, long from, long end) throws IOException {
        OccupiedBytes occupied = new OccupiedBytes(from, end);
        SegmentWalk.Memory memory = new SegmentWalk.Memory();
        List<Segment> all = segments.all();
        for (int i = 0; i < all.size(); i++) {
            Segment next = i + 1 < all.size() ? all.get(i + 1) : null;
            boolean isFull = next != null && isOfOneStart(all.get(i), next);
            occupied.add(all.get(i), isFull, next == null ? end : Math.min(next.firstSequence(), end), memory);
        }
        return occupied.bytes;
    }

    /** Each start has a sender's id of its own, and begins a segment. */
    private static boolean isOfOneStart(Segment one, Segment next) {
        UUID start = one.header().senderId();
        return start != null && start.equals(next.header().senderId());
    }

    private void add(Segment segment, boolean isFull, long next, SegmentWalk.Memory memory) throws IOException {
        if (next <= from || next <= segment.firstSequence()) {
            return;
        }
        if (isFull && segment.firstSequence() >= from && next < end) {
            bytes += segment.header().segmentBytes();
        } else {
            new SegmentWalk(segment.storage(), segment.slot(), segment.header(), next, null, this)
                    .toTheFirstEnd()
                    .run(memory);
        }
    }

    /** Of a group that is cut, what is wanted of it: as if its events were of one size. */
    @Override
    public SegmentWalk.Want group(long offset, GroupHeader group) {
        long first = Math.max(from, group.firstSequence());
        long wanted = Math.min(end, GroupScanner.endSequence(group)) - first;
        if (wanted > 0) {
            bytes += wanted * group.usedBytes() / group.events();
        }
        return SegmentWalk.Want.NOTHING;
    }

    @Override
    public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {
        // not asked for
    }

    @Override
    public void bad(SegmentWalk.BadPlace place) {
        // whoever reads the events will tell
    }
}
