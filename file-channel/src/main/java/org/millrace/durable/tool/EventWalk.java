package org.millrace.durable.tool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;
import org.millrace.durable.log.LogView.FoundSlot;
import org.millrace.durable.log.SegmentCiphers;
import org.millrace.durable.log.SegmentWalk;

/** Gives events in order, from a sequence on. One thread. */
final class EventWalk implements SegmentWalk.Visitor {
    private final EventSink sink;
    private final List<EventRange> skipped;
    private final SegmentWalk.Memory memory = new SegmentWalk.Memory();
    private final List<String> troubles = new ArrayList<>();

    private long sequence;
    private int nextSkipped;
    private boolean isDone;
    private @Nullable FoundSlot slot;
    private long readBytes;

    /**
     * @param from the first event to be given
     * @param skipped events that are not, in order
     */
    EventWalk(long from, List<EventRange> skipped, EventSink sink) {
        this.sequence = from;
        this.skipped = skipped;
        this.sink = sink;
    }

    /** Goes through all segments that have events from the sequence on. */
    void run(ChannelFiles files) throws IOException {
        for (int i = 0; i < files.segments().size() && !isDone; i++) {
            if (files.endOf(i).sequence() > sequence) {
                walk(files.segments().get(i), files.endOf(i), files.ciphers(), null, false);
            }
        }
    }

    /**
     * Goes through one segment.
     *
     * @param from where an earlier walk ended; null for all of it
     * @param isGrowing whether an agent may be about to write where it ends
     */
    SegmentWalk.Walked walk(
            FoundSlot segment,
            ChannelFiles.End end,
            @Nullable SegmentCiphers ciphers,
            SegmentWalk.@Nullable Walked from,
            boolean isGrowing)
            throws IOException {
        slot = segment;
        if (ChannelFiles.isLocked(segment, ciphers)) {
            throw new IOException(place(segment) + " is encrypted with key "
                    + segment.segment().keyName()
                    + " (expected: --key-store, or --conf-file with the channel's settings)");
        }
        if (segment.segment().firstSequence() > sequence) {
            skipTo(
                    segment.segment().firstSequence(),
                    "the segments before " + place(segment) + " are not there any more");
        }
        SegmentWalk walk = end.walk(segment, ciphers, this);
        if (from != null) {
            walk.from(from);
        }
        if (isGrowing) {
            walk.toTheFirstEnd();
        }
        SegmentWalk.Walked walked = walk.run(memory);
        if (walked.isRecycled()) {
            troubles.add(place(segment) + " is gone or was used again while it was read");
        }
        return walked;
    }

    private void skipTo(long to, String why) {
        if (to > sequence) {
            troubles.add("events " + sequence + " to " + (to - 1) + " are missing: " + why);
            sequence = to;
        }
    }

    static String place(FoundSlot slot) {
        return slot.storage().path().resolve(slot.slot()).toString();
    }

    /** The next event to be given. */
    long sequence() {
        return sequence;
    }

    /** True once the sink has enough. */
    boolean isDone() {
        return isDone;
    }

    /** Bytes of records that were read. */
    long readBytes() {
        return readBytes;
    }

    /** What was not there, or not sound; empties the list. */
    List<String> takeTroubles() {
        List<String> taken = List.copyOf(troubles);
        troubles.clear();
        return taken;
    }

    @Override
    public SegmentWalk.Want group(long offset, GroupHeader group) {
        if (isDone) {
            return SegmentWalk.Want.END;
        }
        return group.firstSequence() + group.events() > sequence ? SegmentWalk.Want.RECORDS : SegmentWalk.Want.NOTHING;
    }

    @Override
    public void record(GroupHeader group, RecordHeader record, ByteBuffer body) throws IOException {
        if (record.type() != RecordType.BATCH || isDone || record.sequence() + record.events() <= sequence) {
            return;
        }
        readBytes += record.recordBytes();
        EventBatch batch = EventBatch.restore(body, record.events(), record.eventBodyBytes());
        try {
            EventReader event = batch.reader();
            for (long at = record.sequence(); event.next() && !isDone; at++) {
                if (at >= sequence) {
                    isDone = !isSkipped(at) && !sink.accept(at, group.epochMillis(), event);
                    sequence = at + 1;
                }
            }
        } finally {
            batch.release();
        }
    }

    /** Asked with ever higher sequences. */
    private boolean isSkipped(long at) {
        while (nextSkipped < skipped.size() && skipped.get(nextSkipped).to() <= at) {
            nextSkipped++;
        }
        return nextSkipped < skipped.size() && skipped.get(nextSkipped).from() <= at;
    }

    @Override
    public void bad(SegmentWalk.BadPlace place) {
        if (place.lostEvents() > 0 && place.toSequence() > sequence && slot != null) {
            String where = place(slot) + ", byte " + place.from() + ": " + place.why();
            troubles.add("events " + Math.max(sequence, place.fromSequence()) + " to " + (place.toSequence() - 1)
                    + " are missing: " + where);
        }
    }
}
