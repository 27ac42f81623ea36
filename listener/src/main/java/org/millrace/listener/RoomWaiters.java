package org.millrace.listener;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Those gates of a source that wait for room of one kind. Whoever knows of the room is asked once for all of them, so that connections
 * which come and go while there is none leave nothing behind. Thread-safe.
 */
final class RoomWaiters {
    private final Consumer<Runnable> onRoom;
    private final Set<ReadGate> gates = new HashSet<>();
    private boolean isAsked;

    /** @param onRoom runs an action once when there is room, at once if there is; on any thread */
    RoomWaiters(Consumer<Runnable> onRoom) {
        this.onRoom = onRoom;
    }

    /** The gate is told once there is room. Does nothing if it waits already. */
    void add(ReadGate gate) {
        synchronized (this) {
            gates.add(gate);
            if (isAsked) {
                return;
            }
            isAsked = true;
        }
        onRoom.accept(this::roomAgain);
    }

    /** The gate waits no longer. */
    synchronized void remove(ReadGate gate) {
        gates.remove(gate);
    }

    private void roomAgain() {
        List<ReadGate> due;
        synchronized (this) {
            isAsked = false;
            due = List.copyOf(gates);
            gates.clear();
        }
        due.forEach(ReadGate::roomAgain);
    }
}
