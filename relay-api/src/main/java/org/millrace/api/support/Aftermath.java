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
            gate.letIn(put);
        }
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("a listener for room in a channel failed", e); // and the next one must still hear of it
            }
        }
        return letIn.isEmpty() ? null : gate.allLetIn();
    }
}
