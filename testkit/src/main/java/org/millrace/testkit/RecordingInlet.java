package org.millrace.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.codec.EventBatch;

/**
 * Stands behind a source under test: remembers the bodies and headers of what it accepts, and does with the next batches as it was
 * told. Thread-safe.
 */
public final class RecordingInlet implements Inlet {
    private final List<Accepted> accepted = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final List<Runnable> roomListeners = new ArrayList<>();
    private boolean holding;
    private boolean room = true;
    private boolean settled = true;
    private @Nullable RuntimeException refusal;

    /** An event that came through. */
    public record Accepted(Map<String, String> headers, String body) {}

    private record Held(EventBatch batch, CompletableFuture<Void> settled) {}

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        synchronized (this) {
            if (refusal != null) {
                batch.release();
                return CompletableFuture.failedFuture(refusal);
            }
            if (holding) {
                Held waiting = new Held(batch, new CompletableFuture<>());
                held.add(waiting);
                return waiting.settled();
            }
            accept(batch);
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void put(EventBatch batch) throws InterruptedException {
        try {
            submit(batch).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new ChannelException("put", e);
        }
    }

    @Override
    public synchronized boolean isSettled() {
        return settled;
    }

    /** Makes {@link #isSettled} answer so. */
    public synchronized void setSettled(boolean isSettled) {
        settled = isSettled;
    }

    @Override
    public synchronized boolean hasRoom() {
        return room;
    }

    @Override
    public void onRoom(Runnable action) {
        synchronized (this) {
            if (!room) {
                roomListeners.add(action);
                return;
            }
        }
        action.run();
    }

    /** What was accepted, in order. */
    public synchronized List<Accepted> accepted() {
        return List.copyOf(accepted);
    }

    /** The bodies of what was accepted, in order. */
    public synchronized List<String> bodies() {
        return accepted.stream().map(Accepted::body).toList();
    }

    /** From now on batches are refused with this, or accepted again with null. */
    public synchronized void refuseWith(@Nullable RuntimeException failure) {
        refusal = failure;
    }

    /** From now on batches neither succeed nor fail, until {@link #acceptHeld} or {@link #refuseHeld}. */
    public synchronized void hold() {
        holding = true;
    }

    /** How many batches are held. */
    public synchronized int heldBatches() {
        return held.size();
    }

    /** Accepts one of the held batches, counted from the oldest, 0. */
    public void acceptHeld(int index) {
        Held batch;
        synchronized (this) {
            batch = held.remove(index);
            accept(batch.batch());
        }
        batch.settled().complete(null);
    }

    /** Refuses one of the held batches, counted from the oldest, 0. */
    public void refuseHeld(int index, RuntimeException failure) {
        Held batch;
        synchronized (this) {
            batch = held.remove(index);
            batch.batch().release();
        }
        batch.settled().completeExceptionally(failure);
    }

    /** Accepts what is held, oldest first, and holds no more. */
    public void release() {
        synchronized (this) {
            holding = false;
        }
        while (heldBatches() > 0) {
            acceptHeld(0);
        }
    }

    /** Makes {@link #hasRoom} answer so, and tells who waits for room. */
    public void setRoom(boolean hasRoom) {
        List<Runnable> due;
        synchronized (this) {
            room = hasRoom;
            due = hasRoom ? List.copyOf(roomListeners) : List.of();
            roomListeners.removeAll(due);
        }
        due.forEach(Runnable::run);
    }

    /** How many actions wait for room. */
    public synchronized int waitingForRoom() {
        return roomListeners.size();
    }

    private void accept(EventBatch batch) {
        List<Map<String, String>> headers = Batches.headers(batch);
        List<String> bodies = Batches.bodies(batch);
        for (int i = 0; i < bodies.size(); i++) {
            accepted.add(new Accepted(headers.get(i), bodies.get(i)));
        }
        batch.release();
    }
}
