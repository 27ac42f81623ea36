package org.millrace.api.support;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * A source's inlet whose route can be exchanged while the source goes on: {@link #hold}, {@link #awaitSettled}, {@link #exchange}, {@link
 * #resume}. While it is held it has no room; what comes all the same, as each connection may have a call on its way, waits for the
 * next route up to a limit of bytes, and is refused beyond it.
 *
 * <p>Thread-safe; the four methods of the exchange are called by one thread.
 */
public final class SwitchedInlet implements Inlet {
    /** How often to look whether a route is settled that has answered for all of its batches. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final long mostHeldBytes;
    /** Submits that the route has not settled. Raised before the state is looked at, so that a hold sees it or is seen. */
    private final AtomicLong inFlight = new AtomicLong();

    private volatile Inlet route;
    private volatile boolean held;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();

    // Guarded by the lock:
    private final Queue<Held> waiting = new ArrayDeque<>();
    private long heldBytes;
    /** Until the end of the hold. */
    private boolean isRefusing;

    private List<Runnable> roomListeners = new ArrayList<>();
    /** Counts the routes: what an earlier one's channels call back means nothing any more. */
    private int generation;
    /** The route has been asked to call back when it has room. */
    private boolean asked;

    private record Held(EventBatch batch, @Nullable Origin origin, long bytes, CompletableFuture<Void> accepted) {}

    /** @param mostHeldBytes encoded bytes that may wait while it is held */
    public SwitchedInlet(Inlet route, long mostHeldBytes) {
        this.route = route;
        this.mostHeldBytes = mostHeldBytes;
    }

    /** From now on nothing goes to the route; what is on its way there is no longer left unflushed. */
    public void hold() {
        held = true;
        route.flush();
    }

    /**
     * Waits until all that went to the route is settled, also with optional channels.
     *
     * @return false if the time ran out first
     */
    public boolean awaitSettled(Duration timeout) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (inFlight.get() > 0 || !route.isSettled()) { // once is enough: what comes by now is held back
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                settled.awaitNanos(Math.min(left, LOOK_NANOS));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The route from {@link #resume} on. To be called while it is held. */
    public void exchange(Inlet next) {
        route = next;
    }

    /**
     * Refuses what has waited, and whatever comes from now on: for a source that is closed while it is held. Does nothing if it is not
     * held.
     */
    public void refuse() {
        List<Held> refused;
        lock.lock();
        try {
            if (!held) {
                return;
            }
            refused = List.copyOf(waiting);
            waiting.clear();
            heldBytes = 0;
            isRefusing = true;
        } finally {
            lock.unlock();
        }
        for (Held next : refused) {
            next.batch().release();
            next.accepted().completeExceptionally(closing());
        }
    }

    private static ChannelException closing() {
        return new ChannelException("the source is being closed, as the agent's configuration has changed");
    }

    /** Sends what has waited on its way, in the order in which it came, and lets in what comes. Does nothing if it is not held. */
    public void resume() {
        List<Runnable> listeners;
        lock.lock();
        try {
            if (!held) {
                return;
            }
            for (Held next; (next = waiting.poll()) != null; ) { // under the lock: what comes now queues behind
                forward(next);
            }
            heldBytes = 0;
            isRefusing = false;
            held = false;
            generation++;
            asked = false;
            listeners = takeListeners();
        } finally {
            lock.unlock();
        }
        route.flush();
        listeners.forEach(this::onRoom);
    }

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        CompletableFuture<Void> accepted = submitUnflushed(batch);
        flush();
        return accepted;
    }

    @Override
    public CompletableFuture<Void> submitUnflushed(EventBatch batch) {
        return submitUnflushed(batch, null);
    }

    @Override
    public CompletableFuture<Void> submitUnflushed(EventBatch batch, @Nullable Origin origin) {
        inFlight.incrementAndGet();
        if (held) {
            settle();
            return holdBack(batch, origin);
        }
        return pass(batch, origin);
    }

    @Override
    public void flush() {
        route.flush();
    }

    @Override
    public void put(EventBatch batch) throws InterruptedException {
        try {
            submit(batch).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new ChannelException("batch not taken", e);
        }
    }

    @Override
    public boolean hasRoom() {
        return !held && route.hasRoom();
    }

    @Override
    public void onRoom(Runnable action) {
        if (hasRoom()) {
            action.run();
            return;
        }
        int mine;
        lock.lock();
        try {
            roomListeners.add(action);
            if (held || asked) {
                return;
            }
            asked = true;
            mine = generation;
        } finally {
            lock.unlock();
        }
        route.onRoom(() -> roomOf(mine));
    }

    /** Counted in. A route that throws has refused, as one that answers so: else nobody would count the batch out. */
    private CompletableFuture<Void> pass(EventBatch batch, @Nullable Origin origin) {
        CompletableFuture<Void> accepted;
        try {
            accepted = route.submitUnflushed(batch, origin);
        } catch (RuntimeException | Error e) {
            settle();
            return CompletableFuture.failedFuture(e);
        }
        if (accepted.isDone()) {
            settle();
        } else {
            accepted.whenComplete((done, failure) -> settle());
        }
        return accepted;
    }

    private void settle() {
        if (inFlight.decrementAndGet() == 0 && held) {
            lock.lock();
            try {
                settled.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private CompletableFuture<Void> holdBack(EventBatch batch, @Nullable Origin origin) {
        ChannelException refusal = null;
        lock.lock();
        try {
            if (held) { // asked once: the next hold may begin at any time, and this batch has its turn in that
                if (!isRefusing && heldBytes + batch.encodedBytes() <= mostHeldBytes) {
                    Held next = new Held(batch, origin, batch.encodedBytes(), new CompletableFuture<>());
                    waiting.add(next);
                    heldBytes += next.bytes();
                    return next.accepted();
                }
                refusal = isRefusing ? closing() : tooMuch();
            }
        } finally {
            lock.unlock();
        }
        if (refusal == null) {
            return submit(batch, origin); // the hold ended in between
        }
        batch.release();
        return CompletableFuture.failedFuture(refusal);
    }

    private ChannelException tooMuch() {
        return new ChannelException(
                "the agent's configuration is being changed, and " + mostHeldBytes + " bytes wait for that already");
    }

    private CompletableFuture<Void> submit(EventBatch batch, @Nullable Origin origin) {
        CompletableFuture<Void> accepted = submitUnflushed(batch, origin);
        flush();
        return accepted;
    }

    private void forward(Held next) {
        inFlight.incrementAndGet();
        pass(next.batch(), next.origin()).whenComplete((done, failure) -> {
            if (failure == null) {
                next.accepted().complete(null);
            } else {
                next.accepted().completeExceptionally(failure);
            }
        });
    }

    private void roomOf(int asker) {
        List<Runnable> listeners;
        lock.lock();
        try {
            if (asker != generation || held) {
                return; // those who wait are told when the hold ends
            }
            asked = false;
            listeners = takeListeners();
        } finally {
            lock.unlock();
        }
        listeners.forEach(Runnable::run);
    }

    /** Under the lock. */
    private List<Runnable> takeListeners() {
        List<Runnable> taken = roomListeners;
        roomListeners = new ArrayList<>();
        return taken;
    }
}
