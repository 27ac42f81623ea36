package org.millrace.listener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.millrace.codec.EventBatch;

/**
 * Bytes that were received and are not in their channels yet, over all connections that share it. While there are too many nobody is
 * read from; so the most that is ever held is this, and what one read of each connection brings. Thread-safe.
 */
public final class PendingBytes {
    /** Never too many: for a source that bounds its memory elsewhere. */
    public static final PendingBytes UNLIMITED = new PendingBytes(Long.MAX_VALUE);

    /** What a batch holds besides its bytes, about: so that many small ones count, too. */
    private static final int BATCH_COST_BYTES = 256;

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final List<Runnable> waiting = new ArrayList<>();

    /** @param maxBytes at least 1 */
    public PendingBytes(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** How much a batch is to count for. */
    public static long costOf(EventBatch batch) {
        return (long) batch.encodedBytes() + BATCH_COST_BYTES;
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

    /** Runs the action once, on any thread, when {@link #hasRoom} is true again; at once if it is. The action must not block. */
    public void onRoom(Runnable action) {
        synchronized (waiting) {
            waiting.add(action);
        }
        if (hasRoom()) {
            runWaiting(); // also who came between the question and its answer
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
