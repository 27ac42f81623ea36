package org.millrace.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannelConfig;
import java.io.IOException;
import org.millrace.codec.EventBatchBuilder;

/**
 * One connection that brings events as they come: what one read brings is put as one batch, or as several if it is much. The connection's
 * event loop only.
 */
public abstract class EventConnection extends ChannelInboundHandlerAdapter implements BatchPuts.Outcome {
    /** So many bytes are put without waiting for more events. */
    private static final int ENOUGH_BYTES = 256 << 10;

    protected final Channel connection;
    private final ReadGate gate;
    private final BatchPuts puts;
    private final PeerLog log;
    private final int batchEvents;
    private final EventBatchBuilder batch = new EventBatchBuilder();

    private boolean isEnding;
    private boolean isFinished;

    /** @param batchEvents the most events that are put at once */
    protected EventConnection(
            Channel connection, ReadGate gate, SourceBatches source, Mode mode, PeerLog log, int batchEvents) {
        this.connection = connection;
        this.gate = gate;
        this.puts = source.open(connection, mode.maxInFlight(), mode.keepsRefused(), this);
        this.log = log;
        this.batchEvents = batchEvents;
        if (!mode.keepsRefused() && connection.config() instanceof SocketChannelConfig config) {
            config.setAllowHalfClosure(true); // who has said all still waits for our answers
        }
    }

    /**
     * How batches are put.
     *
     * @param maxInFlight batches at a time
     * @param keepsRefused whether what a channel refuses is put again until it is taken
     */
    public record Mode(int maxInFlight, boolean keepsRefused) {}

    /** Takes events out of what has come, into {@link #batch}, and calls {@link #added} after each. What it does not read is dropped. */
    protected abstract void read(ByteBuf bytes);

    /** Called once, when everything is settled and nothing more is read: closes the connection. */
    protected void finish() {
        connection.close();
    }

    /** What still comes is read and dropped, for a {@link #finish} that lingers. */
    protected final void drain() {
        gate.drain();
    }

    @Override
    public void began() {
        gate.callBegan();
    }

    @Override
    public void ended() {
        gate.callEnded();
        endIfSettled();
    }

    /** Where events are added. */
    protected final EventBatchBuilder batch() {
        return batch;
    }

    /** An event was added. */
    protected final void added() {
        if (batch.events() >= batchEvents || batch.encodedBytes() >= ENOUGH_BYTES) {
            put();
        }
    }

    /** Reads no more, and closes once everything is settled. */
    protected final void end() {
        isEnding = true;
        put();
        gate.shut();
        endIfSettled();
    }

    protected final boolean isEnding() {
        return isEnding;
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!isEnding) {
                read(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        put();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        gate.update();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent || event == TcpServer.DRAIN) {
            end();
            if (isFinished) { // also one that lingers has nothing more to wait for but that its answers are out
                connection.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        put(); // what came whole before the end came
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        batch.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) { // a peer that hangs up hard is told of as any other that goes
            log.fault(connection, cause);
        }
        ctx.close();
    }

    private void put() {
        if (batch.events() > 0) {
            puts.put(batch.build().condensed());
        }
    }

    private void endIfSettled() {
        if (isEnding && !isFinished && gate.callsInFlight() == 0 && connection.isActive()) {
            isFinished = true;
            finish();
        }
    }
}
