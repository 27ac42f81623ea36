package org.millrace.relay.source.avro;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import org.millrace.api.Inlet;

/**
 * Decides whether one connection is read from. Not while a channel behind the inlet is full, nor while too many of its calls wait
 * for an answer, nor while it leaves our answers unread: so the sender feels what we feel, and nothing piles up. While the channel is
 * full one call is still read from each connection, so that a sender hears FAILED after the channel's keep-alive instead of nothing.
 * The connection's event loop only.
 */
final class ReadGate {
    private final Channel connection;
    private final Inlet inlet;
    private final int maxPipelined;
    private final AvroSourceFigures figures;

    private int callsInFlight;
    private boolean isClosing;
    private boolean isWaitingForRoom;

    ReadGate(Channel connection, Inlet inlet, int maxPipelined, AvroSourceFigures figures) {
        this.connection = connection;
        this.inlet = inlet;
        this.maxPipelined = maxPipelined;
        this.figures = figures;
    }

    int callsInFlight() {
        return callsInFlight;
    }

    void callBegan() {
        callsInFlight++;
        update();
    }

    void callEnded() {
        callsInFlight--;
        update();
    }

    /** Nothing more is read, ever. */
    void shut() {
        isClosing = true;
        update();
    }

    /** To be called when one of the reasons may have come or gone. */
    void update() {
        boolean mayRead = !isClosing
                && callsInFlight < maxPipelined
                && connection.isWritable()
                && (hasRoom() || callsInFlight == 0);
        if (mayRead != connection.config().isAutoRead()) {
            if (!mayRead) {
                figures.paused();
            }
            connection.config().setAutoRead(mayRead);
        }
    }

    private boolean hasRoom() {
        if (inlet.hasRoom()) {
            return true;
        }
        if (!isWaitingForRoom) {
            isWaitingForRoom = true;
            inlet.onRoom(this::roomAgain);
        }
        return false;
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
