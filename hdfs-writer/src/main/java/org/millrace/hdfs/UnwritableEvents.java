package org.millrace.hdfs;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventReader;

/**
 * Events at which a serializer threw while they were written. They go back to the channel; when it gives them again they are known, by a
 * checksum of their bytes, and have the tries of a dead letter. The sink's thread only; {@link #key}: any thread.
 */
final class UnwritableEvents {
    private static final int MOST = 10_000;

    private final Map<Long, String> reasons = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
            return size() > MOST;
        }
    };

    private @Nullable UnwritableEventException last;

    /** Those that came again in this turn. */
    private final Set<Long> again = new HashSet<>();

    static long key(EventReader event) {
        CRC32C sum = new CRC32C();
        int end = event.bodyOffset() + event.bodyLength(); // the body is an event's last field
        sum.update(event.array(), end - event.encodedBytes(), event.encodedBytes());
        return sum.getValue() << Integer.SIZE ^ event.encodedBytes();
    }

    void note(UnwritableEventException failure) {
        reasons.put(failure.key(), String.valueOf(failure.getMessage()));
        last = failure;
    }

    /** What was noted last; null if nothing ever was. */
    @Nullable
    UnwritableEventException last() {
        return last;
    }

    /** Why an event that comes again could not be written; null if that is not known of it. */
    @Nullable
    String reason(EventReader event) {
        if (reasons.isEmpty()) {
            return null;
        }
        long key = key(event);
        String reason = reasons.get(key);
        if (reason != null) {
            again.add(key);
        }
        return reason;
    }

    /** Forgets those that came again in this turn: they are noted once more if they are tried and that fails again. */
    void forgetThoseOfTurn() {
        reasons.keySet().removeAll(again);
        again.clear();
    }

    /** Those that came again will come once more. */
    void rolledBack() {
        again.clear();
    }
}
