package org.millrace.relay.source.net;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;

/**
 * Decides whether one connection is read from. Not while a channel behind the inlet is full, nor while too many of its calls wait
 * for an answer, nor while it leaves our answers unread, nor while all connections together have too much that waits: so the sender
 * feels what we feel, and nothing piles up. While the channel is
 * full one call is still read from each connection, so that a sender hears FAILED after the channel's keep-alive instead of nothing.
 * The connection's event loop only.
 */
public final class ReadGate {
    private final Channel connection;
    private final InletRoom room;
    private final int maxPipelined;
    private final PendingBytes pending;
    private final ConnectionFigures figures;
    /** What waits for room, and what waits for memory: each the same object always, which can be taken back. */
    private final Runnable onRoom = this::roomAgain;

    private final Runnable onMemory = this::memoryAgain;

    private int callsInFlight;
    private boolean isClosing;
    private boolean isDraining;
    private boolean isHeld;
    private boolean isWaitingForRoom;
    private boolean isWaitingForMemory;

    /**
     * To be called on the connection's event loop.
     *
     * @param room of the source, for all of its connections
     * @param maxPipelined with so many calls under way nothing more is read
     * @param pending while there is too much of it nothing is read, whoever it came from
     */
    public ReadGate(
            Channel connection, InletRoom room, int maxPipelined, PendingBytes pending, ConnectionFigures figures) {
        this.connection = connection;
        this.room = room;
        this.maxPipelined = maxPipelined;
        this.pending = pending;
        this.figures = figures;
        connection.closeFuture().addListener(closed -> gone());
    }

    /** Calls that have begun and not ended. */
    public int callsInFlight() {
        return callsInFlight;
    }

    /** Something was read that is to be answered, or to be stored. */
    public void callBegan() {
        callsInFlight++;
        update();
    }

    /** It was. */
    public void callEnded() {
        callsInFlight--;
        update();
    }

    /** Nothing is read until {@link #letGo}. */
    public void hold() {
        isHeld = true;
        update();
    }

    public void letGo() {
        isHeld = false;
        update();
    }

    /** Nothing more is read, ever. */
    public void shut() {
        isClosing = true;
        update();
    }

    /** All is read from now on, whatever speaks against it: for one that drops what comes until it closes. */
    public void drain() {
        isDraining = true;
        update();
    }

    /** To be called when one of the reasons may have come or gone. */
    public void update() {
        boolean mayRead = isDraining || mayReadMore();
        if (mayRead != connection.config().isAutoRead()) {
            if (!mayRead) {
                figures.paused();
            }
            connection.config().setAutoRead(mayRead);
        }
    }

    private boolean mayReadMore() {
        return !isClosing
                && !isHeld
                && callsInFlight < maxPipelined
                && connection.isWritable()
                && (hasRoom() || callsInFlight == 0)
                && hasMemory();
    }

    /** Of a connection that is closed nothing is kept, however long the channel stays full. */
    private void gone() {
        isClosing = true; // so that a call that ends later waits for nothing
        room.forget(onRoom);
        pending.forget(onMemory);
    }

    private boolean hasRoom() {
        if (room.isThere()) {
            return true;
        }
        if (!isWaitingForRoom) {
            isWaitingForRoom = true;
            room.onRoom(onRoom);
        }
        return false;
    }

    private boolean hasMemory() {
        if (pending.hasRoom()) {
            return true;
        }
        if (!isWaitingForMemory) {
            isWaitingForMemory = true;
            pending.onRoom(onMemory);
        }
        return false;
    }

    /** Any thread. */
    private void memoryAgain() {
        try {
            connection.eventLoop().execute(() -> {
                isWaitingForMemory = false;
                update();
            });
        } catch (RejectedExecutionException e) {
            isWaitingForMemory = true; // as below
        }
    }

    /** Any thread. */
    private void roomAgain() {
        try {
            connection.eventLoop().execute(() -> {
                isWaitingForRoom = false;
                update();
            });
        } catch (RejectedExecutionException e) {
            isWaitingForRoom = true; // the source has been closed, and with it the connection: nobody reads any more
        }
    }
}
