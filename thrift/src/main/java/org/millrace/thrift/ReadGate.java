package org.millrace.thrift;

import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;

/**
 * Decides whether one connection is read from: not while a channel behind the inlet is full, nor while too many of its calls wait for
 * their answers, nor while its answers lie unread. One call is read even while the channel is full, so that its sender hears FAILED
 * after the channel's keep-alive instead of nothing. The connection's event loop only.
 */
final class ReadGate {
    private final Channel connection;
    private final InletRoom room;
    private final int maxPipelined;
    private final SourceFigures figures;
    /** What waits for room: the same object always, which can be taken back. */
    private final Runnable onRoom = this::roomAgain;

    private int calls;
    private boolean isShut;
    private boolean isWaitingForRoom;

    /**
     * To be called on the connection's event loop.
     *
     * @param room of the source, for all of its connections
     */
    ReadGate(Channel connection, InletRoom room, int maxPipelined, SourceFigures figures) {
        this.connection = connection;
        this.room = room;
        this.maxPipelined = maxPipelined;
        this.figures = figures;
        connection.closeFuture().addListener(closed -> gone());
    }

    /** Calls without an answer. */
    int calls() {
        return calls;
    }

    void callBegan() {
        calls++;
        update();
    }

    void callEnded() {
        calls--;
        update();
    }

    /** Nothing more is read, ever. */
    void shut() {
        isShut = true;
        update();
    }

    /** To be called when one of the reasons may have come or gone. */
    void update() {
        boolean mayRead = !isShut && calls < maxPipelined && connection.isWritable() && (hasRoom() || calls == 0);
        if (mayRead != connection.config().isAutoRead()) {
            if (!mayRead) {
                figures.paused();
            }
            connection.config().setAutoRead(mayRead);
        }
    }

    /** Of a connection that is closed nothing is kept, however long the channel stays full. */
    private void gone() {
        isShut = true; // so that a call that ends later waits for nothing
        room.forget(onRoom);
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
