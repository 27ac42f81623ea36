package org.millrace.codec.compress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.zip.Deflater;

/**
 * Deflates what a connection sends. All that was written is on its way, in bytes that the peer can inflate to the last one, once
 * {@code flush} is called.
 */
public final class DeflateHandler extends ChannelOutboundHandlerAdapter {
    /** What Flume's server uses, and its clients unless told otherwise. */
    public static final int DEFAULT_LEVEL = 6;

    private static final int FIRST_BYTES = 256;

    private final Deflater deflater;
    private boolean hasUnflushed;
    private boolean isOver;

    /** @param level 0 (none) to 9 (smallest) */
    public DeflateHandler(int level) {
        if (level < Deflater.NO_COMPRESSION || level > Deflater.BEST_COMPRESSION) {
            throw new IllegalArgumentException("level: " + level + " (expected: 0 to 9)");
        }
        this.deflater = new Deflater(level);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (isOver) {
                promise.setFailure(new ClosedChannelException());
                return;
            }
            ByteBuf out = ctx.alloc().buffer(FIRST_BYTES);
            for (ByteBuffer part : in.nioBuffers()) {
                deflater.setInput(part);
                deflateTo(out, Deflater.NO_FLUSH);
            }
            hasUnflushed = true;
            ctx.write(out, promise);
        } finally {
            in.release();
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (hasUnflushed && !isOver) {
            hasUnflushed = false;
            ByteBuf out = ctx.alloc().buffer(FIRST_BYTES);
            deflateTo(out, Deflater.SYNC_FLUSH);
            ctx.write(out);
        }
        ctx.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!isOver) {
            isOver = true;
            deflater.end();
        }
    }

    /** Appends until the deflater has no more: it leaves room in the buffer only then. */
    private void deflateTo(ByteBuf out, int flush) {
        int room;
        int bytes;
        do {
            out.ensureWritable(FIRST_BYTES);
            room = out.writableBytes();
            bytes = deflater.deflate(out.internalNioBuffer(out.writerIndex(), room), flush);
            out.writerIndex(out.writerIndex() + bytes);
        } while (bytes == room);
    }
}
