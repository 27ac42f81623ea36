package org.millrace.durable.log;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;

/** Whether puts go in at the moment, and who wants to know. Thread-safe. */
final class LogStatus {
    private final String name;
    private final long retryNanos;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    /** Why puts find no slot; null if they would. */
    private volatile @Nullable NoSlotException full;

    private volatile @Nullable String trouble;
    private volatile long troubleNanos;

    /** @param retryNanos after a failure nothing is tried for so long */
    LogStatus(String name, long retryNanos) {
        this.name = name;
        this.retryNanos = retryNanos;
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
        boolean changed = (why == null) != (full == null);
        full = why;
        if (changed) {
            tell();
        }
    }

    /** @param why null: all is well again */
    void trouble(@Nullable String why) {
        if (why != null) {
            troubleNanos = System.nanoTime();
        }
        boolean changed = (why == null) != (trouble == null);
        trouble = why;
        if (changed) {
            tell();
        }
    }

    private void tell() {
        listeners.forEach(Callbacks::run);
    }

    /** Nanoseconds until it makes sense to try again; 0 if it does now. */
    long nanosToRetry() {
        return trouble == null ? 0 : Math.max(0, troubleNanos + retryNanos - System.nanoTime());
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
