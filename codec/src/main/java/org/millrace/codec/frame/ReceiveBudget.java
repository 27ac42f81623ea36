package org.millrace.codec.frame;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that frames not yet complete may hold, over all connections that share it. Many peers that each begin a large frame and
 * then stop cannot fill the memory, nor shut others out: when it is used up, whoever holds the most has to go. Thread-safe.
 */
public final class ReceiveBudget {
    private final long maxBytes;
    private final AtomicLong heldBytes = new AtomicLong();
    private final Set<Holder> holders = ConcurrentHashMap.newKeySet();

    public ReceiveBudget(long maxBytes) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: more than 0)");
        }
        this.maxBytes = maxBytes;
    }

    /** A connection with an unfinished frame. */
    interface Holder {
        /** Any thread. */
        int heldBytes();

        /** Told once to give up its frame, soon and on its own thread; by any thread. Joins again if that ends before. */
        void evict();
    }

    /**
     * A share for what a connection holds beside its frames. It is closed by its owner.
     *
     * @param onEviction told once to give up what the share holds, soon; by any thread
     */
    public Share share(Runnable onEviction) {
        Share share = new Share(onEviction);
        join(share);
        return share;
    }

    /** What one connection holds. Its thread only, but for what the budget asks. */
    public final class Share implements Holder, AutoCloseable {
        private final Runnable onEviction;
        private final AtomicInteger bytes = new AtomicInteger();

        private Share(Runnable onEviction) {
            this.onEviction = onEviction;
        }

        /** Takes the bytes, if need be at the cost of who holds the most; false if that is this one. */
        public boolean take(int more) {
            if (!tryAcquire(more) && !acquireFromLargest(this, more)) {
                return false;
            }
            bytes.addAndGet(more);
            return true;
        }

        /** Gives bytes back. */
        public void giveBack(int less) {
            bytes.addAndGet(-less);
            release(less);
        }

        @Override
        public int heldBytes() {
            return bytes.get();
        }

        @Override
        public void evict() {
            onEviction.run();
        }

        /** Gives back all, and is not evicted any more. Does nothing when called again. */
        @Override
        public void close() {
            leave(this);
            giveBack(bytes.get());
        }
    }

    /** Bytes held now. Right after someone was evicted that may be more than the most, until the memory is back. */
    public long heldBytes() {
        return heldBytes.get();
    }

    long maxBytes() {
        return maxBytes;
    }

    void join(Holder holder) {
        holders.add(holder);
    }

    void leave(Holder holder) {
        holders.remove(holder);
    }

    /** Takes the bytes if there are as many; all or nothing. */
    boolean tryAcquire(long bytes) {
        if (heldBytes.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        heldBytes.addAndGet(-bytes);
        return false;
    }

    /** Takes the bytes at the cost of the largest frame, if that holds more than this one is going to. */
    boolean acquireFromLargest(Holder wanting, long bytes) {
        Holder largest = largest();
        if (largest == null || largest.heldBytes() <= wanting.heldBytes() + bytes || !holders.remove(largest)) {
            return false;
        }
        heldBytes.addAndGet(bytes);
        largest.evict();
        return true;
    }

    void release(long bytes) {
        heldBytes.addAndGet(-bytes);
    }

    private @Nullable Holder largest() {
        Holder largest = null;
        for (Holder holder : holders) {
            if (largest == null || holder.heldBytes() > largest.heldBytes()) {
                largest = holder;
            }
        }
        return largest;
    }
}
