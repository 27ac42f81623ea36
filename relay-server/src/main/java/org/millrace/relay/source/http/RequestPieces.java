package org.millrace.relay.source.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Cuts what was read into pieces so small that few requests fit into one. With a {@link io.netty.handler.flow.FlowControlHandler} behind
 * it, which hands on a piece at a time, a peer that sends many requests ahead has most of them wait as bytes, undecoded, until those
 * before them are answered; it is held back by that, and not cut off by Netty, which lets no more than 128 decoded requests wait.
 */
final class RequestPieces extends ChannelInboundHandlerAdapter {
    /** Up to 64 requests of 16 bytes, than which HTTP has none shorter, and the end of one that had begun before. */
    static final int PIECE_BYTES = 1024;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf read) {
            while (read.readableBytes() > PIECE_BYTES) {
                ctx.fireChannelRead(read.readRetainedSlice(PIECE_BYTES));
            }
        }
        ctx.fireChannelRead(message);
    }
}
