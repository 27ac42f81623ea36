package org.millrace.api.support;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a change under the channel's lock makes due: {@link #run} once the lock is free, since it calls others' code. Ask for it under
 * the lock with {@link PutGate#roomChanged}. One thread.
 */
public final class Aftermath {
    private static final Logger LOG = LoggerFactory.getLogger(Aftermath.class);

    private final PutGate gate;
    private final List<Put> letIn;
    private final List<Runnable> listeners;

    /**
     * @param letIn puts that have room now, in order
     * @param listeners to be told that there is room
     */
    Aftermath(PutGate gate, List<Put> letIn, List<Runnable> listeners) {
        this.gate = gate;
        this.letIn = letIn;
        this.listeners = listeners;
    }

    boolean letsIn() {
        return !letIn.isEmpty();
    }

    /** Without the lock. */
    public void run() {
        for (Aftermath next = this; next != null; next = next.runOnce()) {
            // a put that comes while others are let in waits behind them: one more look
        }
    }

    private @Nullable Aftermath runOnce() {
        for (Put put : letIn) {
            attempt(() -> gate.letIn(put), "a put that waited for room in a channel cannot be let in");
        }
        for (Runnable listener : listeners) {
            attempt(listener, "a listener for room in a channel failed");
        }
        return letIn.isEmpty() ? null : gate.allLetIn();
    }

    /** Whatever becomes of it, the next one must have its turn, and the gate must hear that all are through. */
    private static void attempt(Runnable action, String failure) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.error(failure, e);
        }
    }
}
