package org.millrace.codec;

import java.util.UUID;

/**
 * Who sends a batch, and the number of its first event there; the others count on from it. A sender gives each event one number for
 * good: whoever has seen the number has the event.
 *
 * @param sender not all zeros
 * @param sequence 0 to 2^62
 */
public record Origin(UUID sender, long sequence) {
    private static final long MOST = 1L << 62;

    public Origin {
        if (sender.getMostSignificantBits() == 0 && sender.getLeastSignificantBits() == 0) {
            throw new IllegalArgumentException("sender: all zeros (expected: an id)");
        }
        if (sequence < 0 || sequence > MOST) {
            throw new IllegalArgumentException("sequence: " + sequence + " (expected: 0 to " + MOST + ")");
        }
    }

    /** Whether so many events, this one the first of them, all have numbers: it ends at the highest there is. */
    public boolean hasNumbersFor(int events) {
        return events <= MOST - sequence;
    }

    /** Of the event so many further on, for which there must be a number. */
    public Origin plus(int events) {
        return events == 0 ? this : new Origin(sender, sequence + events);
    }
}
