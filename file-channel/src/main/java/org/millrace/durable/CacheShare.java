package org.millrace.durable;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The part of the heap that the caches of all channels may hold together, as far as the file says nothing of a channel's own: each that is
 * open has the same share. Thread-safe.
 */
final class CacheShare {
    private final long bytes;
    private final AtomicInteger open = new AtomicInteger();

    CacheShare(long bytes) {
        this.bytes = bytes;
    }

    /** A channel that has one of its own. */
    static CacheShare unlimited() {
        return new CacheShare(Long.MAX_VALUE);
    }

    /** One more channel is open. */
    void join() {
        open.incrementAndGet();
    }

    /** One less is. */
    void leave() {
        open.decrementAndGet();
    }

    /** Of one channel. */
    long mostBytes() {
        return bytes / Math.max(1, open.get());
    }
}
