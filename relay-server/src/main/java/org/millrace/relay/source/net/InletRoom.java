package org.millrace.relay.source.net;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.millrace.api.Inlet;

/**
 * Whether an inlet has room, and the connections that wait until it has. The inlet knows of one listener at a time, however many
 * connections come and go meanwhile. One for each source. Thread-safe.
 */
public final class InletRoom {
    private final Inlet inlet;
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    private boolean isListening;

    public InletRoom(Inlet inlet) {
        this.inlet = inlet;
    }

    /** False while a channel behind the inlet wants no more to be read. */
    boolean isThere() {
        return inlet.hasRoom();
    }

    /**
     * Runs the action once, on any thread, when there is room again; at once if there is.
     *
     * @param action must not block; the same object takes it back by {@link #forget}
     */
    void onRoom(Runnable action) {
        synchronized (waiting) {
            waiting.add(action);
            if (isListening) {
                return;
            }
            isListening = true;
        }
        inlet.onRoom(this::runWaiting);
    }

    /** Nobody waits for it any more. Does nothing if it was run, or never came. */
    void forget(Runnable action) {
        synchronized (waiting) {
            waiting.remove(action);
        }
    }

    private void runWaiting() {
        List<Runnable> due;
        synchronized (waiting) {
            isListening = false; // who comes from now on asks anew
            due = List.copyOf(waiting);
            waiting.clear();
        }
        due.forEach(Runnable::run);
    }
}
