package org.millrace.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a connection receives, and disconnects a peer that keeps us waiting: in the middle of a frame, without a word, or with our
 * answers unread. A time in which we did not read from it for another reason is not the peer's. A peer that goes away in the middle of a
 * frame is counted and told, too: to it the frame may look sent. The first of the connection's handlers; its event loop only.
 */
public final class TrafficWatch extends ChannelDuplexHandler {
    /** How late a timeout may be noticed: this part of it. */
    private static final int LOOKS_PER_TIMEOUT = 4;

    private final BooleanSupplier isMidFrame;
    private final ReadGate gate;
    private final Timeouts timeouts;
    private final ConnectionFigures figures;
    private final PeerLog log;

    /** When the peer last did what it was to do, by the loop's ticker: the wall clock may be set. */
    private long lastMoveMillis;
    /** Bytes of answers that it had left unread at the last look. */
    private long lastUnsentBytes;

    private @Nullable Future<?> looking;
    /** The connection is over, by the peer's doing or ours. */
    private boolean isOver;

    /**
     * How long a peer may be silent; zero is for ever.
     *
     * @param idle with nothing due from either side
     * @param stall in the middle of a frame, or with our answers unread; the latter for as long as {@code idle} where this is zero
     */
    public record Timeouts(Duration idle, Duration stall) {}

    /** @param isMidFrame whether the peer has begun something that it has not ended; asked on the event loop */
    public TrafficWatch(
            BooleanSupplier isMidFrame, ReadGate gate, Timeouts timeouts, ConnectionFigures figures, PeerLog log) {
        this.isMidFrame = isMidFrame;
        this.gate = gate;
        this.timeouts = timeouts;
        this.figures = figures;
        this.log = log;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        lastMoveMillis = nowMillis(ctx);
        long shortest = Math.min(orNever(timeouts.idle()), orNever(timeouts.stall()));
        if (shortest != Long.MAX_VALUE) {
            long period = Math.max(1, shortest / LOOKS_PER_TIMEOUT);
            looking = ctx.executor().scheduleWithFixedDelay(() -> look(ctx), period, period, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (looking != null) {
            looking.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        figures.bytesReceived(((ByteBuf) bytes).readableBytes());
        ctx.fireChannelRead(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        lastMoveMillis = nowMillis(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        peerLeft(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) { // such as a reset
            peerLeft(ctx);
        }
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        isOver = true;
        ctx.close(promise);
    }

    private void peerLeft(ChannelHandlerContext ctx) {
        if (!isOver && isMidFrame.getAsBoolean()) {
            figures.cutOff();
            log.cutOff(ctx.channel());
        }
        isOver = true;
    }

    private void look(ChannelHandlerContext ctx) {
        long now = nowMillis(ctx);
        long unsentBytes = unsentBytes(ctx.channel());
        boolean hasTaken = unsentBytes < lastUnsentBytes; // some, however few
        lastUnsentBytes = unsentBytes;
        if (unsentBytes > 0 && gate.waitsForPeerToRead()) {
            if (hasTaken) {
                lastMoveMillis = now;
            } else if (now - lastMoveMillis >= orNever(unreadTimeout())) {
                timeOut(ctx, "it has left its answers unread for " + unreadTimeout());
            }
            return;
        }
        if (!ctx.channel().config().isAutoRead()) {
            lastMoveMillis = now;
            return;
        }
        long silentMillis = now - lastMoveMillis;
        if (isMidFrame.getAsBoolean()) {
            if (silentMillis >= orNever(timeouts.stall())) {
                timeOut(ctx, "stallTimeout: silent in the middle of a frame for " + timeouts.stall());
            }
        } else if (gate.callsInFlight() == 0 && silentMillis >= orNever(timeouts.idle())) {
            timeOut(ctx, "idleTimeout: silent for " + timeouts.idle());
        }
    }

    private static long unsentBytes(Channel connection) {
        ChannelOutboundBuffer unsent = connection.unsafe().outboundBuffer(); // none once it is closed
        return unsent == null ? 0 : unsent.totalPendingWriteBytes() - unsent.currentProgress();
    }

    /** An answer that a peer does not take is as a frame that it does not end. */
    private Duration unreadTimeout() {
        return timeouts.stall().isZero() ? timeouts.idle() : timeouts.stall();
    }

    private void timeOut(ChannelHandlerContext ctx, String why) {
        figures.timedOut();
        log.refused(ctx.channel(), why);
        ctx.channel().close();
    }

    private static long nowMillis(ChannelHandlerContext ctx) {
        return TimeUnit.NANOSECONDS.toMillis(ctx.executor().ticker().nanoTime());
    }

    private static long orNever(Duration timeout) {
        return timeout.isZero() ? Long.MAX_VALUE : timeout.toMillis();
    }
}
