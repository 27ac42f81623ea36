package org.millrace.codec.frame;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that frames not yet complete may hold, over all connections that share it. Many peers that each begin a large frame and
 * then stop cannot fill the memory: the connection that wants more than is left is refused. Thread-safe.
 */
public final class ReceiveBudget {
    private final long maxBytes;
    private final AtomicLong heldBytes = new AtomicLong();

    public ReceiveBudget(long maxBytes) {
        if (maxBytes <= 0) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: more than 0)");
        }
        this.maxBytes = maxBytes;
    }

    /** Bytes held now. */
    public long heldBytes() {
        return heldBytes.get();
    }

    long maxBytes() {
        return maxBytes;
    }

    /** Takes the bytes if there are as many; all or nothing. */
    boolean tryAcquire(long bytes) {
        if (heldBytes.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        heldBytes.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        heldBytes.addAndGet(-bytes);
    }
}
