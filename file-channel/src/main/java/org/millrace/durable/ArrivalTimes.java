package org.millrace.durable;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * When events came in, to a second or so: a mark now and then, not one for each event. Fewer and coarser ones if there are too many.
 * Guarded by the channel's lock.
 */
final class ArrivalTimes {
    private static final int MOST_MARKS = 4096;
    private static final long FINEST_MILLIS = 1000;

    /** Milliseconds since the epoch by the sequence of an event. */
    private final TreeMap<Long, Long> marks = new TreeMap<>();

    private long spacingMillis = FINEST_MILLIS;

    /** The event and those behind it came in then, unless they are told of too. */
    void arrived(long sequence, long epochMillis) {
        Map.Entry<Long, Long> before = marks.floorEntry(sequence);
        if (before != null && Math.abs(epochMillis - before.getValue()) < spacingMillis) {
            return;
        }
        marks.put(sequence, epochMillis);
        if (marks.size() > MOST_MARKS) {
            dropEverySecond();
        }
    }

    /** When the event came in; {@code otherwise} if nobody knows. */
    long of(long sequence, long otherwise) {
        Map.Entry<Long, Long> mark = marks.floorEntry(sequence);
        return mark == null ? otherwise : mark.getValue();
    }

    /** Nobody will ask for older ones. */
    void forgetBefore(long sequence) {
        Long mark = marks.floorKey(sequence);
        if (mark != null) {
            marks.headMap(mark).clear();
        }
        if (marks.size() <= 1) {
            spacingMillis = FINEST_MILLIS;
        }
    }

    private void dropEverySecond() {
        spacingMillis *= 2;
        boolean drop = false;
        for (Iterator<Long> keys = marks.keySet().iterator(); keys.hasNext(); drop = !drop) {
            keys.next();
            if (drop) {
                keys.remove();
            }
        }
    }
}
