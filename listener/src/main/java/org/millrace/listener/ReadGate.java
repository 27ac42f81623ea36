package org.millrace.listener;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;

/**
 * Decides whether one connection is read from. Not while a channel behind the inlet is full, nor while too many of its calls wait
 * for an answer, nor while it leaves our answers unread, nor while all connections together have too much that waits: so the sender
 * feels what we feel, and nothing piles up. While the channel is
 * full one call is still read from each connection, so that a sender hears FAILED after the channel's keep-alive instead of nothing.
 * Made by {@link ReadGates}. The connection's event loop only.
 */
public final class ReadGate {
    private final ReadGates source;
    private final Channel connection;
    private final int maxPipelined;

    private int callsInFlight;
    private boolean isShut;
    private boolean isHeld;
    private boolean isDraining;
    private boolean isClosed;

    ReadGate(ReadGates source, Channel connection, int maxPipelined) {
        this.source = source;
        this.connection = connection;
        this.maxPipelined = maxPipelined;
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

    /** What {@link #hold} held back may be read. */
    public void letGo() {
        isHeld = false;
        update();
    }

    /** Nothing more is read, ever, unless it is to be {@link #drain drained}. */
    public void shut() {
        isShut = true;
        update();
    }

    /** Whatever still comes is read from now on, for its reader to drop. */
    public void drain() {
        isDraining = true;
        update();
    }

    /** To be called when one of the reasons may have come or gone. */
    public void update() {
        if (isClosed) {
            return;
        }
        boolean mayRead = isDraining
                || (!isShut
                        && !isHeld
                        && callsInFlight < maxPipelined
                        && connection.isWritable()
                        && (source.hasRoom(this) || callsInFlight == 0)
                        && source.hasMemory(this));
        if (mayRead != connection.config().isAutoRead()) {
            if (!mayRead) {
                source.paused();
            }
            connection.config().setAutoRead(mayRead);
        }
    }

    /** True if nothing is due from us but what was written already: the peer is to take it. */
    boolean waitsForPeerToRead() {
        return !connection.isWritable() || (isShut && callsInFlight == 0);
    }

    /** The connection is closed, and waits for nothing any more. */
    void closed() {
        isClosed = true;
    }

    /** What {@link #update} waited for may be there. Any thread. */
    void roomAgain() {
        try {
            connection.eventLoop().execute(this::update);
        } catch (RejectedExecutionException e) {
            return; // the source has been closed, and with it the connection: nobody reads any more
        }
    }
}
