package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * What decoders of frames have in common: when they may go on, what an unfinished frame may hold, and what becomes of the rest of a
 * connection once something in it makes no frame.
 *
 * <p>While auto-read is off no further frame comes out, also not of bytes that are here already: they wait, at most what one read
 * brought, and come first when reading goes on. So who gets the frames can stop them exactly where it wants.
 *
 * <p>Every byte of a payload is copied once, out of the socket's buffer. Bytes that do not make a frame, or one over a limit, are
 * reported as a {@link MalformedException}; from then on the rest of the connection is dropped unread, since nobody can tell where
 * a next frame would start. Whoever gets the exception closes the connection.
 */
abstract class FrameDecoder extends ChannelDuplexHandler {
    /** Of the frame that is being put together. */
    final PayloadAssembler payload;

    /** What came in and is not decoded yet; empty but while auto-read is off. */
    private final Queue<ByteBuf> waiting = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext context;
    private boolean isDecoding;
    private boolean isRefused;

    /** The number that {@link #readNumber} reads, and how many of its bytes came in before the read that is being looked at. */
    int number;

    private int numberBytes;

    FrameDecoder(int maxFrameBytes, ReceiveBudget budget) {
        this.payload = new PayloadAssembler(maxFrameBytes, budget, this::evicted);
    }

    /** True while nothing of the next frame has been decoded, but maybe bytes of its first number. */
    abstract boolean isBetweenFrames();

    /** Decodes a piece; false if that takes more bytes. */
    abstract boolean decodeStep(ChannelHandlerContext ctx, ByteBuf in);

    /** True while a frame has begun and not ended: its sender owes us bytes. */
    public final boolean isMidFrame() {
        return !isRefused && (!isBetweenFrames() || numberBytes > 0);
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        waiting.add((ByteBuf) message);
        decodeWaiting(ctx);
    }

    /** Asked for more: what is here comes first. */
    @Override
    public final void read(ChannelHandlerContext ctx) {
        if (isDecoding) {
            return; // the loop sees that auto-read is on again; when it is through, reading goes on by itself
        }
        if (!waiting.isEmpty()) {
            decodeWaiting(ctx);
            ctx.fireChannelReadComplete();
        }
        if (waiting.isEmpty() && ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        payload.join();
    }

    /** The connection is gone, maybe in the middle of a frame. */
    @Override
    public final void handlerRemoved(ChannelHandlerContext ctx) {
        payload.leave();
        refuseTheRest();
    }

    /** Others need the memory of our unfinished frame, which is the largest. Any thread. */
    private void evicted() {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.executor().execute(() -> giveUpFrame(ctx));
        }
    }

    private void giveUpFrame(ChannelHandlerContext ctx) {
        if (!isRefused && payload.isEvicted()) {
            LimitExceededException reason = payload.overBudget(0);
            refuseTheRest();
            ctx.fireExceptionCaught(reason);
        }
    }

    private void decodeWaiting(ChannelHandlerContext ctx) {
        isDecoding = true;
        try {
            while (!waiting.isEmpty() && mayGoOn(ctx)) {
                ByteBuf in = waiting.element();
                while (mayGoOn(ctx) && decodeStep(ctx, in)) {}
                if (!in.isReadable()) {
                    waiting.remove().release();
                }
            }
        } catch (MalformedException e) {
            refuseTheRest();
            ctx.fireExceptionCaught(e);
        } finally {
            isDecoding = false;
            if (isRefused) {
                releaseWaiting();
            }
        }
    }

    private boolean mayGoOn(ChannelHandlerContext ctx) {
        if (isRefused) {
            return false;
        }
        return !isBetweenFrames()
                || (ctx.channel().config().isAutoRead() && ctx.channel().isActive());
    }

    /** Reads {@link #number}, of which up to three bytes may have come at the end of the read before. */
    final boolean readNumber(ByteBuf in) {
        if (numberBytes == 0 && in.readableBytes() >= Integer.BYTES) {
            number = in.readInt();
            return true;
        }
        while (numberBytes < Integer.BYTES && in.isReadable()) {
            number = number << Byte.SIZE | in.readUnsignedByte();
            numberBytes++;
        }
        if (numberBytes < Integer.BYTES) {
            return false;
        }
        numberBytes = 0;
        return true;
    }

    private void refuseTheRest() {
        isRefused = true;
        payload.discard();
        if (!isDecoding) { // else the loop still looks at them
            releaseWaiting();
        }
    }

    private void releaseWaiting() {
        for (ByteBuf in = waiting.poll(); in != null; in = waiting.poll()) {
            in.release();
        }
    }
}
