package org.millrace.client;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.Origin;

/** A call of one connection, from the moment it is made until it is answered. The frame is the event loop's once submitted. */
final class Call {
    private final int serial;
    private final boolean first;
    private final ByteBuf frame;
    private final @Nullable Origin origin;
    private final CompletableFuture<Void> answered;
    private long deadlineNanos;

    /**
     * @param first whether the frame carries the handshake
     * @param frame taken over
     * @param origin that it was made with
     */
    Call(int serial, boolean first, ByteBuf frame, @Nullable Origin origin, CompletableFuture<Void> answered) {
        this.serial = serial;
        this.first = first;
        this.frame = frame;
        this.origin = origin;
        this.answered = answered;
    }

    int serial() {
        return serial;
    }

    boolean isFirst() {
        return first;
    }

    ByteBuf frame() {
        return frame;
    }

    @Nullable
    Origin origin() {
        return origin;
    }

    CompletableFuture<Void> answered() {
        return answered;
    }

    /** By when the peer must have answered, in the event loop's time. Set when it is written. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    void answerBy(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }
}
