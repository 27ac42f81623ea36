package org.millrace.shipper;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Events on their way to the sender, bounded by their number and their bytes; those it has taken count until they are gone. Thread-safe. */
final class EventBuffer {
    /** What an event takes beside its texts, roughly: objects, references. */
    private static final int OVERHEAD_BYTES = 128;

    private final int maxEvents;
    private final long maxBytes;
    private final WhenFull whenFull;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private int events;
    private long bytes;
    private boolean closed;

    /** An event and how much of the bound it takes. */
    static final class Entry {
        private final Map<String, String> headers;
        private final byte[] body;
        private final long bytes;

        Entry(Map<String, String> headers, byte[] body) {
            this.headers = headers;
            this.body = body;
            long sum = (long) OVERHEAD_BYTES + body.length;
            for (Map.Entry<String, String> header : headers.entrySet()) {
                sum += (long) header.getKey().length() + header.getValue().length();
            }
            this.bytes = sum;
        }

        Map<String, String> headers() {
            return headers;
        }

        byte[] body() {
            return body;
        }

        long bytes() {
            return bytes;
        }
    }

    EventBuffer(int maxEvents, long maxBytes, WhenFull whenFull) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.whenFull = whenFull;
    }

    /**
     * Adds an event. Waits only for room, where that is set, and a thread that is interrupted does not wait.
     *
     * @return how many events were dropped for it, or instead of it
     * @throws InterruptedException if there is no room, and the thread is not to wait; nothing is added
     */
    int put(Entry event) throws InterruptedException {
        lock.lock();
        try {
            if (whenFull == WhenFull.BLOCK && event.bytes() <= maxBytes) {
                awaitRoom(event);
            }
            int dropped = 0;
            while (whenFull == WhenFull.DROP_OLDEST
                    && event.bytes() <= maxBytes
                    && !hasRoom(event)
                    && !waiting.isEmpty()) {
                forget(waiting.removeFirst());
                dropped++;
            }
            if (closed || !hasRoom(event)) {
                return dropped + 1;
            }
            waiting.addLast(event);
            events++;
            bytes += event.bytes();
            changed.signalAll();
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(Entry event) throws InterruptedException {
        while (!closed && !hasRoom(event)) {
            try {
                changed.await();
            } catch (InterruptedException e) {
                if (!hasRoom(event)) {
                    throw e;
                }
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean hasRoom(Entry event) {
        return events < maxEvents && bytes + event.bytes() <= maxBytes;
    }

    private void forget(Entry event) {
        events--;
        bytes -= event.bytes();
    }

    /** Waits for events and takes the oldest, at least one; none once the buffer is closed and empty. */
    List<Entry> take(int mostEvents, long mostBytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            return poll(mostEvents, mostBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the oldest events, none if there are none. */
    List<Entry> poll(int mostEvents, long mostBytes) {
        lock.lock();
        try {
            List<Entry> taken = new ArrayList<>();
            long takenBytes = 0;
            while (!waiting.isEmpty() && taken.size() < mostEvents && takenBytes < mostBytes) {
                Entry event = waiting.removeFirst();
                taken.add(event);
                takenBytes += event.bytes();
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Those that were taken are gone, delivered or not. */
    void done(List<Entry> taken) {
        lock.lock();
        try {
            taken.forEach(this::forget);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, unless the buffer is closed or is closed meanwhile. */
    void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more events; who waits for room is let go. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Events in the buffer and on their way. */
    int size() {
        lock.lock();
        try {
            return events;
        } finally {
            lock.unlock();
        }
    }
}
