package org.millrace.codec.compress;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Inflates what a connection receives and hands it on in pieces, none larger than {@link #PIECE_BYTES}, so that what follows can
 * refuse it before more is made. A stream that grows beyond {@link CodecLimits#maxInflateRatio}, is no zlib stream or goes on
 * behind its end is reported as a {@link MalformedException}, and the rest of the connection dropped; whoever gets the exception
 * closes the connection. While auto-read is off no piece comes out; what has come in waits.
 */
public final class InflateHandler extends ChannelDuplexHandler {
    private static final int PIECE_BYTES = 64 << 10;

    /** A short stream may have any ratio: what comes of it is small. */
    private static final long RATIO_COUNTS_FROM_BYTES = 1 << 20;

    private final int maxRatio;
    private final Inflater inflater = new Inflater();

    /** What came in and is not inflated yet; the inflater reads the first. */
    private final Queue<ByteBuf> waiting = new ArrayDeque<>(2);

    /** The last piece filled its buffer: the inflater may hold more, also when it has read all its input. */
    private boolean hasMore;

    private boolean isInflating;
    private boolean isOver;

    public InflateHandler(CodecLimits limits) {
        this.maxRatio = limits.maxInflateRatio();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        add((ByteBuf) message);
        inflateWaiting(ctx);
    }

    /** Asked for more: what is here comes first. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (isInflating) {
            return; // the loop sees that auto-read is on again; when it is through, reading goes on by itself
        }
        if (!waiting.isEmpty()) {
            inflateWaiting(ctx);
            ctx.fireChannelReadComplete();
        }
        if (waiting.isEmpty() && ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        finish();
    }

    private void add(ByteBuf in) {
        waiting.add(in);
        if (waiting.size() == 1 && !isOver) {
            inflater.setInput(in.nioBuffer());
        }
    }

    private void inflateWaiting(ChannelHandlerContext ctx) {
        isInflating = true;
        try {
            while (!isOver && ctx.channel().config().isAutoRead() && hasInput()) {
                inflatePiece(ctx);
            }
        } catch (MalformedException e) {
            isOver = true;
            ctx.fireExceptionCaught(e);
        } finally {
            isInflating = false;
            if (isOver) {
                finish();
            }
        }
    }

    private boolean hasInput() {
        while (!hasMore && inflater.needsInput() && !waiting.isEmpty()) {
            waiting.remove().release();
            if (!waiting.isEmpty()) {
                inflater.setInput(waiting.element().nioBuffer());
            }
        }
        return !waiting.isEmpty();
    }

    private void inflatePiece(ChannelHandlerContext ctx) {
        if (inflater.finished()) {
            throw new MalformedException("deflate: " + inflater.getRemaining() + " bytes behind the stream's end");
        }
        ByteBuf out = ctx.alloc().buffer(PIECE_BYTES, PIECE_BYTES);
        try {
            int bytes = inflater.inflate(out.internalNioBuffer(0, PIECE_BYTES));
            hasMore = bytes == PIECE_BYTES && !inflater.finished();
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
        isOver = true;
        if (!isInflating) { // else the loop still looks at them
            inflater.end();
            for (ByteBuf in = waiting.poll(); in != null; in = waiting.poll()) {
                in.release();
            }
        }
    }
}
