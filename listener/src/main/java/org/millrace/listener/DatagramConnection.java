package org.millrace.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import org.millrace.codec.EventBatchBuilder;

/**
 * Takes an event out of each datagram. What one turn of the event loop brings is put as one batch; what a channel refuses is put again. A
 * peer cannot be held back, so what waits is bounded: with more of it datagrams are dropped, and counted. The port's event loop only.
 */
public abstract class DatagramConnection extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final int BATCH_EVENTS = 100;
    private static final int MAX_IN_FLIGHT = 64;

    protected final Channel port;
    private final SourceBatches source;
    private final ConnectionFigures connections;
    private final BatchPuts puts;
    private final EventBatchBuilder batch = new EventBatchBuilder();

    /** @param source whose pending bytes are the bound of what waits */
    protected DatagramConnection(Channel port, SourceBatches source, ConnectionFigures connections) {
        this.port = port;
        this.source = source;
        this.connections = connections;
        this.puts = source.open(port, MAX_IN_FLIGHT, true, new BatchPuts.Outcome() {});
    }

    /** Adds the datagram's event to the batch, and tells that by {@link #added}. */
    protected abstract void read(DatagramPacket datagram);

    /** Where events are added. */
    protected final EventBatchBuilder batch() {
        return batch;
    }

    /** An event was added. */
    protected final void added() {
        if (batch.events() >= BATCH_EVENTS) {
            put();
        }
    }

    /** A datagram has no event in it. */
    protected final void unusable(String why) {
        source.figures.dropped(1);
        source.log.dropped(port, 1, why);
    }

    @Override
    protected final void channelRead0(ChannelHandlerContext ctx, DatagramPacket datagram) {
        int bytes = datagram.content().readableBytes();
        connections.bytesReceived(bytes);
        if (!source.pending.hasRoom()) {
            source.figures.overflown(1);
            source.log.dropped(port, 1, "the channels take less than comes in, and maxPendingBytes are waiting");
            return;
        }
        try {
            read(datagram);
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        put();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        put();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        batch.close();
    }

    /** The port stays open, whatever a datagram does. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        source.log.fault(port, cause);
    }

    /** A datagram is lost by a fault of ours. */
    protected final void broken(RuntimeException fault) {
        source.figures.dropped(1);
        source.figures.broken();
        source.log.fault(port, fault);
    }

    /** Puts what was added. */
    protected final void put() {
        if (batch.events() > 0) {
            puts.put(batch.build().condensed());
        }
    }
}
