package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;

/**
 * How much of a log's files events take, without reading more than one segment, however many there are: of the last one that has events
 * the heads of the groups are read. Any other that goes on in a segment of the same start counts with its size, though a failed write or
 * a roll that made room may have ended it before it was full. One that a stop or a crash ended counts as if its events were as large as
 * those that are known, but no more than its size. Of a segment that is wanted in part, its events count alike. One thread.
 */
final class OccupiedBytes implements SegmentWalk.Visitor {
    private final long from;
    private final long end;
    private final List<Ended> ended = new ArrayList<>();
    private boolean isLastRead;
    /** Of segments whose size is known. */
    private long bytes;

    private long events;

    /** A segment that a stop or a crash ended: nobody knows where. */
    private record Ended(long events, long segmentBytes) {}

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
        List<Segment> all = segments.all();
        Segment next = null;
        for (int i = all.size() - 1; i >= 0; i--) {
            occupied.add(all.get(i), next);
            next = all.get(i);
        }
        return occupied.all();
    }

    private void add(Segment segment, @Nullable Segment next) throws IOException {
        long until = next == null ? end : Math.min(next.firstSequence(), end);
        long wanted = until - Math.max(from, segment.firstSequence());
        if (wanted <= 0) {
            return;
        }
        long segmentBytes = segment.header().segmentBytes();
        if (!isLastRead) {
            isLastRead = true;
            new SegmentWalk(segment.storage(), segment.slot(), segment.header(), until, null, this)
                    .toTheFirstEnd()
                    .run(new SegmentWalk.Memory());
        } else if (next != null && isOfOneStart(segment, next)) {
            events += wanted;
            bytes += segmentBytes * wanted / (until - segment.firstSequence());
        } else {
            ended.add(new Ended(wanted, segmentBytes));
        }
    }

    /** Each start has a sender's id of its own, and begins a segment. */
    private static boolean isOfOneStart(Segment one, Segment next) {
        UUID start = one.header().senderId();
        return start != null && start.equals(next.header().senderId());
    }

    private long all() {
        double each = events == 0 ? Long.MAX_VALUE : (double) bytes / events;
        long estimated = 0;
        for (Ended segment : ended) {
            estimated += Math.min(segment.segmentBytes(), (long) (segment.events() * each));
        }
        return bytes + estimated;
    }

    /** Of a group that is cut, what is wanted of it: as if its events were of one size. */
    @Override
    public SegmentWalk.Want group(long offset, GroupHeader group) {
        long first = Math.max(from, group.firstSequence());
        long wanted = Math.min(end, GroupScanner.endSequence(group)) - first;
        if (wanted > 0) {
            events += wanted;
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
