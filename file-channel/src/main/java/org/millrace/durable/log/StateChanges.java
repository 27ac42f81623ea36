package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/** What readers have committed, and what damage has cost, since the disk thread looked last. Thread-safe. */
final class StateChanges {
    // Guarded by this:
    private List<PositionUpdate> updates = new ArrayList<>();
    private List<CompletableFuture<@Nullable Void>> waiters = new ArrayList<>();
    private long lostEvents;
    private long setAsideBytes;
    private long totalLostEvents;
    private long totalSetAsideBytes;
    private long sinceNanos;
    private @Nullable ChannelException closed;

    /** Changes that were made together, in their order. */
    record Changes(
            List<PositionUpdate> updates,
            List<CompletableFuture<@Nullable Void>> waiters,
            long lostEvents,
            long setAsideBytes) {
        void applyTo(LogState state) {
            updates.forEach(state::apply);
            state.addLoss(lostEvents, setAsideBytes);
        }

        /** They are as safe as puts are. */
        void succeed() {
            waiters.forEach(waiter -> waiter.complete(null));
        }

        void fail(ChannelException why) {
            waiters.forEach(waiter -> waiter.completeExceptionally(why));
        }
    }

    /** @return whether it is the first one to wait for the disk thread */
    synchronized boolean add(PositionUpdate update) {
        if (updates.isEmpty()) {
            sinceNanos = System.nanoTime();
        }
        updates.add(update);
        return updates.size() == 1;
    }

    /** @return completed once the update is safe, by the disk thread */
    synchronized CompletableFuture<@Nullable Void> addUrgent(PositionUpdate update) {
        if (closed != null) {
            return CompletableFuture.failedFuture(closed);
        }
        add(update);
        CompletableFuture<@Nullable Void> waiter = new CompletableFuture<>();
        waiters.add(waiter);
        return waiter;
    }

    /** Nobody looks any more: whoever waits, or comes to wait, fails. */
    void close(ChannelException why) {
        synchronized (this) {
            closed = why;
        }
        take().fail(why);
    }

    synchronized void addLoss(long events, long bytes) {
        lostEvents += events;
        setAsideBytes += bytes;
        totalLostEvents += events;
        totalSetAsideBytes += bytes;
    }

    /** Since the start. */
    synchronized long lostEvents() {
        return totalLostEvents;
    }

    /** Since the start. */
    synchronized long setAsideBytes() {
        return totalSetAsideBytes;
    }

    /** Takes what is there. */
    synchronized Changes take() {
        Changes changes = new Changes(
                updates.isEmpty() ? List.of() : updates,
                waiters.isEmpty() ? List.of() : waiters,
                lostEvents,
                setAsideBytes);
        if (!updates.isEmpty()) {
            updates = new ArrayList<>();
        }
        if (!waiters.isEmpty()) {
            waiters = new ArrayList<>();
        }
        lostEvents = 0;
        setAsideBytes = 0;
        return changes;
    }

    /**
     * When the oldest update is to be written at the latest.
     *
     * @param intervalNanos how long an update may wait that nobody waits for
     * @return nanoseconds from now, 0 if it is time; {@link Long#MAX_VALUE} if there is none
     */
    synchronized long nanosUntilDue(long intervalNanos) {
        if (!waiters.isEmpty()) {
            return 0;
        }
        return updates.isEmpty() ? Long.MAX_VALUE : Math.max(0, sinceNanos + intervalNanos - System.nanoTime());
    }
}
