package org.millrace.durable.log;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/**
 * What readers have committed, and what damage has cost, since the disk thread looked last. Thread-safe.
 *
 * <p>An update that somebody waits for is there once that one has been told so, and not at all if it has been told otherwise. The others
 * cannot fail: they are written sooner or later.
 */
final class StateChanges {
    // Guarded by this:
    private List<Change> changes = new ArrayList<>();
    private int urgent;
    private long lostEvents;
    private long setAsideBytes;
    private long totalLostEvents;
    private long totalSetAsideBytes;
    private long sinceNanos;
    private @Nullable ChannelException closed;

    /**
     * One commit.
     *
     * @param waiter completed once the update is safe, by the disk thread; null if nobody waits
     */
    record Change(PositionUpdate update, @Nullable CompletableFuture<@Nullable Void> waiter) {
        boolean isUrgent() {
            return waiter != null;
        }
    }

    /** Changes that were made together, in their order. */
    record Changes(List<Change> changes, long lostEvents, long setAsideBytes) {
        List<PositionUpdate> updates() {
            return changes.stream().map(Change::update).toList();
        }

        boolean isEmpty() {
            return changes.isEmpty();
        }

        /**
         * Applies what nobody waits for.
         *
         * @return how things stand once all of it is safe: the same state, or another one if somebody waits
         */
        LogState applyTo(LogState state) {
            LogState all = changes.stream().anyMatch(Change::isUrgent) ? state.copyOfPositions() : state;
            for (Change change : changes) {
                all.apply(change.update());
                if (all != state && !change.isUrgent()) {
                    state.apply(change.update());
                }
            }
            state.addLoss(lostEvents, setAsideBytes);
            if (all != state) {
                all.addLoss(lostEvents, setAsideBytes);
            }
            return all;
        }

        /** They are as safe as puts are. */
        void succeed() {
            changes.stream()
                    .filter(Change::isUrgent)
                    .forEach(change -> waiter(change).complete(null));
        }

        /** Does nothing to those that have succeeded. */
        void fail(ChannelException why) {
            changes.stream()
                    .filter(Change::isUrgent)
                    .forEach(change -> waiter(change).completeExceptionally(why));
        }

        private static CompletableFuture<@Nullable Void> waiter(Change change) {
            return requireNonNull(change.waiter());
        }
    }

    /** @return whether it is the first one to wait for the disk thread */
    synchronized boolean add(PositionUpdate update) {
        return add(new Change(update, null));
    }

    private boolean add(Change change) {
        if (changes.isEmpty()) {
            sinceNanos = System.nanoTime();
        }
        changes.add(change);
        return changes.size() == 1;
    }

    /** Adds an update that fails rather than wait for better times. */
    synchronized Change addUrgent(PositionUpdate update) {
        Change change = new Change(update, new CompletableFuture<>());
        if (closed == null) {
            add(change);
            urgent++;
        } else {
            Changes.waiter(change).completeExceptionally(closed);
        }
        return change;
    }

    /** Takes an urgent one back; false if the disk thread has it, or has had it. */
    synchronized boolean withdraw(Change change) {
        boolean isHere = changes.remove(change); // of equal ones there are none: each has a waiter of its own
        urgent -= isHere ? 1 : 0;
        return isHere;
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
        Changes taken = new Changes(changes.isEmpty() ? List.of() : changes, lostEvents, setAsideBytes);
        if (!changes.isEmpty()) {
            changes = new ArrayList<>();
        }
        urgent = 0;
        lostEvents = 0;
        setAsideBytes = 0;
        return taken;
    }

    /**
     * When the oldest update is to be written at the latest.
     *
     * @param intervalNanos how long an update may wait that nobody waits for
     * @return nanoseconds from now, 0 if it is time; {@link Long#MAX_VALUE} if there is none
     */
    synchronized long nanosUntilDue(long intervalNanos) {
        if (urgent > 0) {
            return 0;
        }
        return changes.isEmpty() ? Long.MAX_VALUE : Math.max(0, sinceNanos + intervalNanos - System.nanoTime());
    }
}
