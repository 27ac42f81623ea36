package org.millrace.durable.format;

/**
 * Events next to each other.
 *
 * @param from sequence of the first
 * @param to sequence behind the last
 */
public record EventRange(long from, long to) {
    public EventRange {
        if (from >= to) {
            throw new IllegalArgumentException("from " + from + " to " + to + " (expected: at least one event)");
        }
    }

    public long events() {
        return to - from;
    }
}
