package org.millrace.api.support;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.codec.EventBatch;

/**
 * The way into a channel. A put goes in while there is room; otherwise it waits its turn, for the keep-alive at most: no put overtakes
 * another. Says when sources should stop reading, too.
 *
 * <p>Thread-safe. It works under the channel's own lock; futures are completed and listeners called without it.
 */
public final class PutGate {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final String channel;
    private final ReentrantLock lock;
    private final Room room;
    private final Duration keepAlive;
    private final KeepAliveTimer timer;
    private final Counter refused;

    // Guarded by the lock:
    private final WaitingPuts waiting;
    private final List<Runnable> roomListeners = new ArrayList<>();
    private boolean open;
    /** A task of the timer is to come. */
    private boolean timerSet;
    /** Puts that waited are on their way in, without the lock: others queue behind them, so that they keep their order. */
    private boolean lettingIn;

    /** Written under the lock; a source looks at it before each read. */
    private volatile boolean hasRoom = true;

    /** How much of a channel is taken up. The channel's side of the gate. */
    public interface Room {
        /** Why a put will never fit, not even into an empty channel; null if it will. Called without the lock. */
        @Nullable
        String neverFits(Put put);

        /** Under the lock. */
        boolean fits(Put put);

        /** Gives the put its room. Under the lock. */
        void enter(Put put);

        /**
         * What is left to do for a put that has entered. Without the lock, in the order of {@link #enter} for puts that had to wait.
         * Throws nothing: a put that fails here is settled with the reason, and its room given back.
         *
         * @return true if it is safe now; false if the channel settles it later
         */
        boolean entered(Put put);

        /** Over nine tenths full, by any measure: sources should stop. Under the lock. */
        boolean isHigh();

        /** Under eight tenths by all measures: sources may go on. Under the lock. */
        boolean isLow();

        /** What it is that a put finds no room for, and which key to raise. Under the lock. */
        String shortage(Put put);
    }

    /**
     * @param channel its name, for messages
     * @param lock the channel's
     * @param keepAlive how long a put waits for room; zero: not at all
     * @param mostWaitingBytes encoded bytes that may wait
     * @param refused counts puts that found no room
     */
    public PutGate(
            String channel,
            ReentrantLock lock,
            Room room,
            Duration keepAlive,
            KeepAliveTimer timer,
            long mostWaitingBytes,
            Counter refused) {
        this.channel = channel;
        this.lock = lock;
        this.room = room;
        this.keepAlive = keepAlive;
        this.timer = timer;
        this.waiting = new WaitingPuts(mostWaitingBytes);
        this.refused = refused;
    }

    /** From now on puts are let in. Under the lock. */
    public void open() {
        open = true;
    }

    /**
     * Refuses what waits, and what comes from now on. Without the lock.
     *
     * @return false if it was not open
     */
    public boolean close() {
        List<Put> refusedNow = new ArrayList<>();
        lock.lock();
        try {
            if (!open) {
                return false;
            }
            open = false;
            roomListeners.clear();
            for (Put put; (put = waiting.first()) != null; waiting.removeFirst()) {
                refusedNow.add(put);
            }
        } finally {
            lock.unlock();
        }
        timer.close();
        refusedNow.forEach(put -> refuse(put, closed()));
        return true;
    }

    /** False before {@link #open} and after {@link #close}. Under the lock. */
    public boolean isOpen() {
        return open;
    }

    /** Puts that wait. Under the lock. */
    public int waiting() {
        return waiting.size();
    }

    /** The put whose turn it is, which found no room; null if none waits. Under the lock. */
    public @Nullable Put firstWaiting() {
        return waiting.first();
    }

    /**
     * As {@link org.millrace.api.Channel#neverFits}.
     *
     * @param batch lent
     */
    public @Nullable String neverFits(EventBatch batch) {
        return neverFits(new Put(List.of(batch)));
    }

    private @Nullable String neverFits(Put put) {
        String why = room.neverFits(put);
        return why == null ? null : "channel " + channel + ": " + why;
    }

    /** As {@link org.millrace.api.Channel#hasRoom}. */
    public boolean hasRoom() {
        return hasRoom;
    }

    /** As {@link org.millrace.api.Channel#onRoom}. */
    public void onRoom(Runnable action) {
        lock.lock();
        try {
            if (!hasRoom) {
                roomListeners.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    /** As {@link org.millrace.api.Channel#submit}. Takes the put over. */
    public CompletableFuture<Void> submit(Put put) {
        String never = neverFits(put);
        RuntimeException refusal = null;
        lock.lock();
        try {
            if (!open) {
                refusal = closed();
            } else if (never != null) {
                refusal = new BatchTooLargeException(never);
            } else if (waiting.isEmpty() && !lettingIn && room.fits(put)) {
                room.enter(put);
                hasRoom = hasRoom && !room.isHigh();
            } else if (keepAlive.isZero() || !waiting.mayWait(put)) {
                refusal = full(put);
            } else {
                letWait(put);
                return put.settled();
            }
        } finally {
            lock.unlock();
        }
        if (refusal == null) {
            return room.entered(put) ? DONE : put.settled();
        }
        refused.inc();
        put.release();
        return CompletableFuture.failedFuture(refusal);
    }

    /** For a thread that may block: returns once the put is safe. Takes the put over. */
    public void putAndWait(Put put) throws InterruptedException {
        CompletableFuture<Void> settled = submit(put);
        try {
            settled.get();
        } catch (ExecutionException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            if (withdraw(put)) {
                throw e;
            }
            Thread.currentThread().interrupt(); // too late: it is settled, or about to be
            awaitSettled(settled);
        }
    }

    /**
     * Looks whether who waits now fits, and whether sources may go on: whenever room has changed. Under the lock.
     *
     * @return to be run without it
     */
    public Aftermath roomChanged() {
        List<Put> letIn = List.of();
        for (Put put; !lettingIn && (put = waiting.first()) != null && room.fits(put); ) {
            waiting.removeFirst();
            room.enter(put);
            letIn = letIn.isEmpty() ? new ArrayList<>() : letIn;
            letIn.add(put);
        }
        lettingIn = lettingIn || !letIn.isEmpty();
        List<Runnable> listeners = List.of();
        if (hasRoom) {
            hasRoom = waiting.isEmpty() && !room.isHigh();
        } else if (waiting.isEmpty() && room.isLow()) {
            hasRoom = true;
            listeners = List.copyOf(roomListeners);
            roomListeners.clear();
        }
        return new Aftermath(this, letIn, listeners);
    }

    void letIn(Put put) {
        if (room.entered(put)) {
            put.settled().complete(null);
        }
    }

    /** All of an aftermath's puts are in: now it is the turn of those behind them. */
    Aftermath allLetIn() {
        lock.lock();
        try {
            lettingIn = false;
            return roomChanged();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void letWait(Put put) {
        put.waitUntil(timer.nanoTime() + keepAlive.toNanos());
        waiting.add(put);
        hasRoom = false;
        if (!timerSet) {
            timerSet = true;
            timer.runAfter(keepAlive.toNanos(), this::refuseOverdue);
        }
    }

    /** The timer's task. It may find that the put it was set for has gone in, and others wait since. */
    private void refuseOverdue() {
        List<Put> overdue;
        List<ChannelFullException> reasons;
        Aftermath aftermath;
        lock.lock();
        try {
            overdue = removeOverdue();
            reasons = overdue.stream().map(this::full).toList();
            aftermath = roomChanged(); // a smaller one behind those may fit
        } finally {
            lock.unlock();
        }
        aftermath.run();
        for (int i = 0; i < overdue.size(); i++) {
            refuse(overdue.get(i), reasons.get(i));
        }
    }

    /** Under the lock. Sets the timer again for those that stay. */
    private List<Put> removeOverdue() {
        List<Put> overdue = new ArrayList<>();
        timerSet = false;
        for (Put put; (put = waiting.first()) != null; ) {
            long left = put.deadlineNanos() - timer.nanoTime();
            if (left > 0) {
                timerSet = true;
                timer.runAfter(left, this::refuseOverdue);
                break;
            }
            waiting.removeFirst();
            overdue.add(put);
        }
        refused.inc(overdue.size());
        return overdue;
    }

    /** Takes a put back that still waits; false if it does not. */
    private boolean withdraw(Put put) {
        Aftermath aftermath;
        lock.lock();
        try {
            if (!waiting.remove(put)) {
                return false;
            }
            aftermath = roomChanged();
        } finally {
            lock.unlock();
        }
        put.release();
        aftermath.run();
        return true;
    }

    private static void refuse(Put put, RuntimeException why) {
        put.release();
        put.settled().completeExceptionally(why);
    }

    private static void awaitSettled(CompletableFuture<Void> settled) {
        try {
            settled.join();
        } catch (CompletionException e) {
            throw refusal(e);
        }
    }

    private static ChannelException refusal(Exception settled) {
        return settled.getCause() instanceof ChannelException refusal ? refusal : new ChannelException("put", settled);
    }

    private ChannelFullException full(Put put) {
        return new ChannelFullException("channel " + channel + " is full: " + room.shortage(put));
    }

    private ChannelException closed() {
        return new ChannelException("channel " + channel + " is closed");
    }
}
