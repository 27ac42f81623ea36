package org.millrace.durable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;

/**
 * The readers of a channel, as far as they share something: the lock, who is woken, the cache. Thread-safe where nothing else is said;
 * otherwise under the channel's lock.
 */
final class LogReaders {
    private final ReentrantLock lock;
    private final Condition eventsThere;
    private final Map<String, Taking> takings = new LinkedHashMap<>();
    private @Nullable OpenLog open;

    LogReaders(ReentrantLock lock) {
        this.lock = lock;
        this.eventsThere = lock.newCondition();
    }

    /** Signalled when there may be something to take, or the channel is closed. */
    Condition eventsThere() {
        return eventsThere;
    }

    /** Starts all readers where they stood. Under the lock. */
    void open(OpenLog opened, Iterable<String> names, LossListener losses) {
        open = opened;
        for (String name : names) {
            takings.put(name, new Taking(name, opened, lock, this, losses));
        }
    }

    /** Null unless the channel is open. Under the lock. */
    @Nullable
    OpenLog open() {
        return open;
    }

    /** Null unless the channel is open. Under the lock. */
    @Nullable
    Taking taking(String reader) {
        return takings.get(reader);
    }

    /** Batches are safe now, from {@code first} on. Takes them over. Under the lock. */
    void arrived(List<EventBatch> batches, long first) {
        long sequence = first;
        for (EventBatch batch : batches) {
            int events = batch.events();
            if (open == null || events == 0) {
                batch.release();
            } else {
                open.cache().add(sequence, batch, furthest());
            }
            sequence += events;
        }
        eventsThere.signalAll(); // all: the one that is woken first may be a sink that fails
    }

    /** A reader has taken: what all have taken leaves the cache. Under the lock. */
    void moved() {
        if (open != null) {
            open.cache().forgetBefore(nearest());
        }
    }

    /** A reader has committed. Under the lock. */
    void committed() {
        if (open != null) {
            open.times().forgetBefore(open.backlog().lowestWatermark());
        }
    }

    /** Nobody takes any more. What transactions hold is theirs to give back. */
    void close() {
        List<Taking> closing;
        lock.lock();
        try {
            if (open == null) {
                return;
            }
            closing = new ArrayList<>(takings.values());
            takings.clear();
            closing.forEach(Taking::close);
            open.cache().clear();
            open = null;
            eventsThere.signalAll();
        } finally {
            lock.unlock();
        }
        closing.forEach(Taking::closeReader);
    }

    private long furthest() {
        long furthest = 0;
        for (Taking taking : takings.values()) {
            furthest = Math.max(furthest, taking.next());
        }
        return furthest;
    }

    private long nearest() {
        long nearest = Long.MAX_VALUE;
        for (Taking taking : takings.values()) {
            nearest = Math.min(nearest, taking.next());
        }
        return nearest;
    }
}
