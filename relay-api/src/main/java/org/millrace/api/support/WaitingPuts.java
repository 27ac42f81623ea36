package org.millrace.api.support;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Puts that found no room, in order of arrival; all wait equally long, so the first one's time is up first. Bounded, for senders may
 * be many. Guarded by the channel's lock.
 */
final class WaitingPuts {
    private static final int MOST_PUTS = 10_000;

    private final long mostBytes;
    private final Deque<Put> puts = new ArrayDeque<>();
    private long encodedBytes;

    /** @param mostBytes encoded bytes that may wait; a single put may be longer */
    WaitingPuts(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    boolean isEmpty() {
        return puts.isEmpty();
    }

    int size() {
        return puts.size();
    }

    boolean mayWait(Put put) {
        return puts.isEmpty() || (puts.size() < MOST_PUTS && encodedBytes + put.encodedBytes() <= mostBytes);
    }

    void add(Put put) {
        puts.addLast(put);
        encodedBytes += put.encodedBytes();
    }

    @Nullable
    Put first() {
        return puts.peekFirst();
    }

    void removeFirst() {
        encodedBytes -= puts.removeFirst().encodedBytes();
    }

    /** False if it does not wait any more. */
    boolean remove(Put put) {
        boolean waited = puts.remove(put);
        if (waited) {
            encodedBytes -= put.encodedBytes();
        }
        return waited;
    }
}
