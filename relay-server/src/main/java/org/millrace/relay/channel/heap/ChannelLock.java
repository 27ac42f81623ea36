package org.millrace.relay.channel.heap;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;

/**
 * The one lock of a channel in memory, with those who wait for its events, and what its sinks have attached. Held for a few steps per
 * batch; futures are completed and listeners called without it.
 */
public final class ChannelLock {
    private final String channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition eventsThere = lock.newCondition();

    /** Guarded by the lock. */
    private final Map<String, byte[]> attached = new HashMap<>();

    /** @param channel its name, for messages */
    public ChannelLock(String channel) {
        this.channel = channel;
    }

    /** To hold for more than one step. */
    public ReentrantLock lock() {
        return lock;
    }

    /** What the supplier says under the lock. */
    public <T> T read(Supplier<T> figure) {
        lock.lock();
        try {
            return figure.get();
        } finally {
            lock.unlock();
        }
    }

    /** Events can be taken, or nobody shall wait for any longer. Wakes all: the one that is woken first may be a sink that fails. */
    public void eventsCame() {
        eventsThere.signalAll();
    }

    /**
     * As {@link org.millrace.api.ChannelReader#awaitEvents}.
     *
     * @param isOpen asked under the lock, as is the other one
     */
    public boolean awaitEvents(Duration timeout, BooleanSupplier isOpen, BooleanSupplier isEmpty)
            throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (isOpen.getAsBoolean() && isEmpty.getAsBoolean()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = eventsThere.awaitNanos(nanos);
            }
            if (!isOpen.getAsBoolean()) {
                throw new ChannelException("channel " + channel + " is closed");
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link org.millrace.api.ChannelReader#attached}. */
    public byte @Nullable [] attached(String owner) {
        byte[] state = read(() -> attached.get(owner));
        return state == null ? null : state.clone();
    }

    /** Under the lock. */
    public void attach(Map<String, byte[]> more) {
        attached.putAll(more);
    }
}
