package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.frame.LengthFrameDecoder;

/**
 * Counts what a connection receives, and disconnects a peer that is silent for too long: in the middle of a frame, without a call, or
 * with answers that it does not read. A time in which we did not read from it is not the peer's, unless that is why we did not. The connection's event loop only.
 */
final class SilenceWatch extends ChannelInboundHandlerAdapter {
    /** How late a time-out may be noticed: this part of it. */
    private static final int LOOKS_PER_TIMEOUT = 4;

    private final LengthFrameDecoder frames;
    private final ReadGate gate;
    private final ThriftSourceSettings settings;
    private final SourceFigures figures;
    private final PeerLog log;
    private final InstantSource clock;

    private long lastReadMillis;
    private long lastTakenMillis;
    private long lastUnsentBytes;
    private @Nullable Future<?> looking;

    SilenceWatch(
            LengthFrameDecoder frames,
            ReadGate gate,
            ThriftSourceSettings settings,
            SourceFigures figures,
            PeerLog log,
            InstantSource clock) {
        this.frames = frames;
        this.gate = gate;
        this.settings = settings;
        this.figures = figures;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        lastReadMillis = clock.millis();
        lastTakenMillis = lastReadMillis;
        long shortest = Math.min(orNever(settings.idleTimeout()), orNever(settings.stallTimeout()));
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
        lastReadMillis = clock.millis();
        lastTakenMillis = lastReadMillis; // we read of those only who take their answers
        ctx.fireChannelReadComplete();
    }

    private void look(ChannelHandlerContext ctx) {
        long now = clock.millis();
        if (!leavesUnread(ctx.channel())) {
            lastTakenMillis = now;
        } else if (now - lastTakenMillis >= orNever(unreadTimeout())) {
            timeOut(ctx, "left its answers unread for " + unreadTimeout());
            return;
        }
        if (!ctx.channel().config().isAutoRead()) {
            lastReadMillis = now;
            return;
        }
        long silentMillis = now - lastReadMillis;
        if (frames.isMidFrame()) {
            if (silentMillis >= orNever(settings.stallTimeout())) {
                timeOut(ctx, "stallTimeout: silent in the middle of a frame for " + settings.stallTimeout());
            }
        } else if (gate.calls() == 0 && silentMillis >= orNever(settings.idleTimeout())) {
            timeOut(ctx, "idleTimeout: silent for " + settings.idleTimeout());
        }
    }

    /** True if our answers lie where they lay at the last look. One that takes some, however few, is alive. */
    private boolean leavesUnread(Channel connection) {
        ChannelOutboundBuffer answers = connection.unsafe().outboundBuffer();
        long unsentBytes = answers == null ? 0 : answers.totalPendingWriteBytes() - answers.currentProgress();
        boolean isSame = unsentBytes > 0 && unsentBytes == lastUnsentBytes;
        lastUnsentBytes = unsentBytes;
        return isSame;
    }

    /** An answer that a peer does not take is as a frame that it does not end. */
    private Duration unreadTimeout() {
        return settings.stallTimeout().isZero() ? settings.idleTimeout() : settings.stallTimeout();
    }

    private void timeOut(ChannelHandlerContext ctx, String why) {
        figures.timedOut();
        log.refused(ctx.channel(), why);
        ctx.close();
    }

    private static long orNever(Duration timeout) {
        return timeout.isZero() ? Long.MAX_VALUE : timeout.toMillis();
    }
}
