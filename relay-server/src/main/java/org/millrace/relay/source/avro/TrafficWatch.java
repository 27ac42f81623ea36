package org.millrace.relay.source.avro;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.frame.AvroFrameDecoder;
import org.millrace.relay.source.avro.AvroSourceSettings.ConnectionLimits;

/**
 * Counts what a connection receives, and disconnects a peer that keeps us waiting: in the middle of a frame, or without a word. A
 * time in which we did not read from it is not the peer's. The connection's event loop only.
 */
final class TrafficWatch extends ChannelInboundHandlerAdapter {
    /** How late a timeout may be noticed: this part of it. */
    private static final int LOOKS_PER_TIMEOUT = 4;

    private final AvroFrameDecoder frames;
    private final ReadGate gate;
    private final ConnectionLimits limits;
    private final AvroSourceFigures figures;
    private final PeerLog log;
    private final InstantSource clock;

    private long lastReadMillis;
    private @Nullable Future<?> looking;

    TrafficWatch(
            AvroFrameDecoder frames,
            ReadGate gate,
            ConnectionLimits limits,
            AvroSourceFigures figures,
            PeerLog log,
            InstantSource clock) {
        this.frames = frames;
        this.gate = gate;
        this.limits = limits;
        this.figures = figures;
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        lastReadMillis = clock.millis();
        long shortest = Math.min(orNever(limits.idleTimeout()), orNever(limits.stallTimeout()));
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
        ctx.fireChannelReadComplete();
    }

    private void look(ChannelHandlerContext ctx) {
        long now = clock.millis();
        if (!ctx.channel().config().isAutoRead()) {
            lastReadMillis = now;
            return;
        }
        long silentMillis = now - lastReadMillis;
        if (frames.isMidFrame()) {
            if (silentMillis >= orNever(limits.stallTimeout())) {
                timeOut(ctx, "stallTimeout: silent in the middle of a frame for " + limits.stallTimeout());
            }
        } else if (gate.callsInFlight() == 0 && silentMillis >= orNever(limits.idleTimeout())) {
            timeOut(ctx, "idleTimeout: silent for " + limits.idleTimeout());
        }
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
