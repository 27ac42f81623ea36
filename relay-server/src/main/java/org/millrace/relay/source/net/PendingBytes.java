package org.millrace.relay.source.net;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that were received and are not in their channels yet, over all connections that share it. While there are too many nobody is
 * read from; so the most that is ever held is this, and what one read of each connection brings. Thread-safe.
 */
public final class PendingBytes {
    /** Never too many: for a source that bounds its memory elsewhere. */
    public static final PendingBytes UNLIMITED = new PendingBytes(Long.MAX_VALUE);

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    /** @param maxBytes at least 1 */
    public PendingBytes(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Bytes held now. */
    public long held() {
        return bytes.get();
    }

    /** False while there are too many. */
    public boolean hasRoom() {
        return bytes.get() < maxBytes;
    }

    /** Takes the bytes, however many there are: they have been read. */
    public void add(long added) {
        bytes.addAndGet(added);
    }

    /** Takes the bytes if they fit; all or nothing. */
    public boolean tryAdd(long added) {
        if (bytes.addAndGet(added) <= maxBytes) {
            return true;
        }
        remove(added);
        return false;
    }

    /** Gives bytes back. */
    public void remove(long removed) {
        long before = bytes.getAndAdd(-removed);
        if (before >= maxBytes && before - removed < maxBytes) {
            runWaiting();
        }
        if (before == removed) {
            synchronized (waiting) {
                waiting.notifyAll();
            }
        }
    }

    /** Waits until nothing is held; false if something still is when the time is over, or the thread was interrupted. */
    boolean awaitNone(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (waiting) {
            while (held() > 0) {
                long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (millis <= 0) {
                    return false;
                }
                try {
                    waiting.wait(millis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Runs the action once, on any thread, when {@link #hasRoom} is true again; at once if it is.
     *
     * @param action must not block; the same object takes it back by {@link #forget}
     */
    public void onRoom(Runnable action) {
        synchronized (waiting) {
            waiting.add(action);
        }
        if (hasRoom()) {
            runWaiting(); // also who came between the question and its answer
        }
    }

    /** Nobody waits for it any more. Does nothing if it was run, or never came. */
    void forget(Runnable action) {
        synchronized (waiting) {
            waiting.remove(action);
        }
    }

    private void runWaiting() {
        List<Runnable> due;
        synchronized (waiting) {
            due = List.copyOf(waiting);
            waiting.clear();
        }
        due.forEach(Runnable::run);
    }
}
