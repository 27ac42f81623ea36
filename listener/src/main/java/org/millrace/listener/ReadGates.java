package org.millrace.listener;

import io.netty.channel.Channel;
import org.millrace.api.Inlet;

/** The gates of one source's connections. Thread-safe. */
public final class ReadGates {
    private final Inlet inlet;
    private final PendingBytes pending;
    private final ConnectionFigures figures;
    private final RoomWaiters forRoom;
    private final RoomWaiters forMemory;

    /** @param pending while there is too much of it nothing is read, whoever it came from */
    public ReadGates(Inlet inlet, PendingBytes pending, ConnectionFigures figures) {
        this.inlet = inlet;
        this.pending = pending;
        this.figures = figures;
        this.forRoom = new RoomWaiters(inlet::onRoom);
        this.forMemory = new RoomWaiters(pending::onRoom);
    }

    /**
     * The gate of a new connection, shut already if nothing may be read; to be called on its event loop, before anything is read.
     *
     * @param maxPipelined with so many calls under way nothing more is read; at least 1
     */
    public ReadGate open(Channel connection, int maxPipelined) {
        ReadGate gate = new ReadGate(this, connection, maxPipelined);
        connection.closeFuture().addListener(closed -> {
            gate.closed();
            forRoom.remove(gate);
            forMemory.remove(gate);
        });
        gate.update();
        return gate;
    }

    /** Whether the channels have room; if not, the gate is told when they have. */
    boolean hasRoom(ReadGate asking) {
        if (inlet.hasRoom()) {
            return true;
        }
        forRoom.add(asking);
        return false;
    }

    /** Whether there is memory; if not, the gate is told when there is. */
    boolean hasMemory(ReadGate asking) {
        if (pending.hasRoom()) {
            return true;
        }
        forMemory.add(asking);
        return false;
    }

    void paused() {
        figures.paused();
    }
}
