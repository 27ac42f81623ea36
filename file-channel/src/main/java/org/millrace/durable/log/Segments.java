package org.millrace.durable.log;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The segments in use, by number. Thread-safe: readers look while the writer adds and takes away. */
final class Segments {
    private final ConcurrentSkipListMap<Long, Segment> byNumber = new ConcurrentSkipListMap<>();

    void add(Segment segment) {
        byNumber.put(segment.number(), segment);
    }

    void remove(Segment segment) {
        byNumber.remove(segment.number());
    }

    /** False once its slot may hold something else. */
    boolean contains(Segment segment) {
        return byNumber.containsKey(segment.number());
    }

    /** Oldest first. A copy. */
    List<Segment> all() {
        return List.copyOf(byNumber.values());
    }

    @Nullable
    Segment oldest() {
        return valueOf(byNumber.firstEntry());
    }

    @Nullable
    Segment newest() {
        return valueOf(byNumber.lastEntry());
    }

    /** The next one in use; numbers may be missing. */
    @Nullable
    Segment after(Segment segment) {
        return valueOf(byNumber.higherEntry(segment.number()));
    }

    /** The newest segment that starts at or before an event, which is the one that has it; null if all start behind it. */
    @Nullable
    Segment with(long sequence) {
        for (Segment segment : byNumber.descendingMap().values()) {
            if (segment.firstSequence() <= sequence) {
                return segment;
            }
        }
        return null;
    }

    private static @Nullable Segment valueOf(Map.@Nullable Entry<Long, Segment> entry) {
        return entry == null ? null : entry.getValue();
    }
}
