package org.millrace.codec.compress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Inflates what a connection receives and hands it on in pieces, none larger than {@link #PIECE_BYTES}, so that what follows can
 * refuse it before more is made. A stream that grows beyond {@link CodecLimits#maxInflateRatio}, is no zlib stream or goes on
 * behind its end is reported as a {@link MalformedException}, and the rest of the connection dropped; whoever gets the exception
 * closes the connection.
 */
public final class InflateHandler extends ChannelInboundHandlerAdapter {
    private static final int PIECE_BYTES = 64 << 10;

    /** A short stream may have any ratio: what comes of it is small. */
    private static final long RATIO_COUNTS_FROM_BYTES = 1 << 20;

    private final int maxRatio;
    private final Inflater inflater = new Inflater();
    private boolean isOver;

    public InflateHandler(CodecLimits limits) {
        this.maxRatio = limits.maxInflateRatio();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            for (ByteBuffer part : in.nioBuffers()) {
                inflate(ctx, part);
            }
        } catch (MalformedException e) {
            finish();
            ctx.fireExceptionCaught(e);
        } finally {
            in.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        finish();
    }

    private void inflate(ChannelHandlerContext ctx, ByteBuffer part) {
        if (isOver) {
            return;
        }
        inflater.setInput(part);
        while (!isOver && !inflater.needsInput()) {
            if (inflater.finished()) {
                throw new MalformedException("deflate: " + inflater.getRemaining() + " bytes behind the stream's end");
            }
            inflatePiece(ctx);
        }
    }

    private void inflatePiece(ChannelHandlerContext ctx) {
        ByteBuf out = ctx.alloc().buffer(PIECE_BYTES, PIECE_BYTES);
        try {
            int bytes = inflater.inflate(out.internalNioBuffer(0, PIECE_BYTES));
            if (inflater.needsDictionary()) {
                throw new MalformedException("deflate: the stream wants a dictionary");
            }
            checkRatio();
            if (bytes > 0) {
                ctx.fireChannelRead(out.retain().writerIndex(bytes));
            }
        } catch (DataFormatException e) {
            throw new MalformedException(
                    "deflate: not a zlib stream (is compression-type the same at both ends?): " + e.getMessage(), e);
        } finally {
            out.release();
        }
    }

    private void checkRatio() {
        long out = inflater.getBytesWritten();
        long in = inflater.getBytesRead();
        if (out > RATIO_COUNTS_FROM_BYTES && out / in > maxRatio) {
            throw new LimitExceededException("maxInflateRatio", out / in, maxRatio);
        }
    }

    private void finish() {
        if (!isOver) {
            isOver = true;
            inflater.end();
        }
    }
}
