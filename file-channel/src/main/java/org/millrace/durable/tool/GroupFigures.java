package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.SegmentWalk;

/** What the headers of all groups add up to. */
final class GroupFigures implements SegmentWalk.Visitor {
    private static final int SIZES = 32;

    private final Progress progress;
    private final long endSequence;
    private final long[] bySize = new long[SIZES];
    private long passed;
    private long groups;
    private long records;
    private long events;
    private long usedBytes;
    private long paddedBytes;
    private long largestBytes;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis = Long.MIN_VALUE;

    /** @param endSequence what stands behind was cut short, or has come since the directories were looked at */
    private GroupFigures(Progress progress, long endSequence) {
        this.progress = progress;
        this.endSequence = endSequence;
    }

    static GroupFigures of(ChannelFiles files, Surroundings around) throws IOException {
        long total = files.segments().stream().mapToLong(FoundSlot::fileBytes).sum();
        Progress progress = new Progress("passed", total, around.err(), around.isTerminal(), around.clock());
        GroupFigures figures = new GroupFigures(progress, files.endSequence());
        SegmentWalk.Memory memory = new SegmentWalk.Memory();
        for (int i = 0; i < files.segments().size(); i++) {
            FoundSlot slot = files.segments().get(i);
            files.endOf(i).walk(slot, null, figures).run(memory);
            figures.passed += slot.fileBytes();
        }
        progress.end();
        return figures;
    }

    @Override
    public SegmentWalk.Want group(long offset, GroupHeader group) {
        progress.at(passed + offset);
        if (group.events() > 0 && group.firstSequence() >= endSequence) {
            return SegmentWalk.Want.NOTHING;
        }
        groups++;
        records += group.records();
        events += group.events();
        usedBytes += group.usedBytes();
        paddedBytes += group.paddedBytes();
        largestBytes = Math.max(largestBytes, group.usedBytes());
        firstMillis = Math.min(firstMillis, group.epochMillis());
        lastMillis = Math.max(lastMillis, group.epochMillis());
        bySize[sizeOf(group.usedBytes())]++;
        return SegmentWalk.Want.NOTHING;
    }

    /** The power of two that is not smaller. */
    private static int sizeOf(int bytes) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(bytes - 1);
    }

    @Override
    public void record(GroupHeader group, RecordHeader record, ByteBuffer body) {
        // not asked for
    }

    @Override
    public void bad(SegmentWalk.BadPlace place) {
        // verify tells of it
    }

    long groups() {
        return groups;
    }

    long records() {
        return records;
    }

    long events() {
        return events;
    }

    /** Without padding. */
    long usedBytes() {
        return usedBytes;
    }

    long paddedBytes() {
        return paddedBytes;
    }

    long largestBytes() {
        return largestBytes;
    }

    long firstMillis() {
        return firstMillis;
    }

    long lastMillis() {
        return lastMillis;
    }

    /** By the groups' clock; the first group only begins the time. */
    double eventsPerSecond() {
        return 1000.0 * events / Math.max(1, lastMillis - firstMillis);
    }

    /** Half of the groups are at most so long; a power of two. */
    long medianBytes() {
        long seen = 0;
        int size = 0;
        while (size < SIZES - 1 && (seen += bySize[size]) * 2 < groups) {
            size++;
        }
        return 1L << size;
    }

    /** How many groups are at most so long, and longer than half of it; sizes without any are left out. */
    Map<String, Long> histogram() {
        Map<String, Long> histogram = new LinkedHashMap<>();
        for (int size = 0; size < SIZES; size++) {
            if (bySize[size] > 0) {
                histogram.put(Long.toString(1L << size), bySize[size]);
            }
        }
        return histogram;
    }
}
