package org.millrace.durable.log;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.RecordHeader;

/**
 * Whose numbers the sequences of a log are, for the next hop. Each start of the log draws an id for what is put from then on. So no
 * number is ever given to two events, whatever was lost of the end of the log, and by whatever: nothing needs to notice.
 */
final class SenderIds {
    /** By the first sequence that is theirs; {@link RecordHeader#NO_SENDER} where nobody knows. Never changed. */
    private final NavigableMap<Long, UUID> bySequence;

    private SenderIds(NavigableMap<Long, UUID> bySequence) {
        this.bySequence = bySequence;
    }

    /** @param segments oldest first */
    static SenderIds of(List<Segment> segments) {
        SenderIds ids = new SenderIds(new TreeMap<>());
        for (Segment segment : segments) {
            UUID id = segment.header().senderId();
            ids = ids.and(segment.firstSequence(), id == null ? RecordHeader.NO_SENDER : id);
        }
        return ids;
    }

    /** The same, and from an event on it is this one: what the log held from there on is void. */
    SenderIds and(long sequence, UUID senderId) {
        NavigableMap<Long, UUID> ids = new TreeMap<>(bySequence.headMap(sequence, false));
        if (ids.isEmpty() || !ids.lastEntry().getValue().equals(senderId)) {
            ids.put(sequence, senderId);
        }
        return new SenderIds(ids);
    }

    /** Null if nobody knows. */
    @Nullable
    UUID of(long sequence) {
        Map.Entry<Long, UUID> id = bySequence.floorEntry(sequence);
        return id == null || id.getValue().equals(RecordHeader.NO_SENDER) ? null : id.getValue();
    }
}
