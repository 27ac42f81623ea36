package org.millrace.durable.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;

/** Whether puts go in at the moment, and who wants to know. Thread-safe. */
final class LogStatus {
    private final String name;
    private final SlotPool.Patience patience;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /** Why puts find no slot; null if they would. */
    private volatile @Nullable NoSlotException full;

    private volatile @Nullable String trouble;
    /** A write has failed, or found no slot, and none has succeeded since. */
    private volatile boolean isPaused;

    private volatile long pausedNanos;

    /** @param patience how long nothing is tried after a failure */
    LogStatus(String name, SlotPool.Patience patience) {
        this.name = name;
        this.patience = patience;
    }

    boolean isFull() {
        return full != null;
    }

    /** What fails; null if nothing does. A full disk is no failure. */
    @Nullable
    String trouble() {
        NoSlotException noSlot = full;
        return trouble == null && noSlot != null && !noSlot.isDiskFull() ? noSlot.getMessage() : trouble;
    }

    void onChange(Runnable action) {
        listeners.add(action);
    }

    /** @param why null: there is a slot again */
    void full(@Nullable NoSlotException why) {
        boolean changed;
        synchronized (this) { // two threads come here, and nobody may miss that it has changed
            changed = (why == null) != (full == null);
            full = why;
        }
        if (changed) {
            tell();
        }
    }

    /** A write has failed. */
    void trouble(String why) {
        pause();
        boolean changed = trouble == null;
        trouble = why;
        if (changed) {
            tell();
        }
    }

    /** Nothing is to be tried for a while. */
    void pause() {
        pausedNanos = patience.nanoTime().getAsLong();
        isPaused = true;
    }

    /** A write has succeeded. */
    void well() {
        isPaused = false;
        if (trouble != null) {
            trouble = null;
            tell();
        }
    }

    private void tell() {
        listeners.forEach(Callbacks::run);
    }

    /** Nanoseconds until it makes sense to try again; 0 if it does now. */
    long nanosToRetry() {
        return isPaused
                ? Math.max(
                        0,
                        pausedNanos
                                + patience.retryNanos()
                                - patience.nanoTime().getAsLong())
                : 0;
    }

    /** Why a put must be refused; null if it may be tried. */
    @Nullable
    ChannelException refusal() {
        NoSlotException noSlot = full;
        if (noSlot != null) {
            return refusal(noSlot);
        }
        String why = trouble;
        return why != null && nanosToRetry() > 0 ? new ChannelException(why) : null;
    }

    ChannelFullException refusal(NoSlotException noSlot) {
        return new ChannelFullException("channel " + name + " is full: " + noSlot.getMessage());
    }
}
