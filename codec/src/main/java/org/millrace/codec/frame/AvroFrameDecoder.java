package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Cuts the bytes of a connection into {@link AvroFrame}s, which the next handler owns.
 *
 * <p>While auto-read is off no further frame comes out, also not of bytes that are here already: they wait, at most what one read
 * brought, and come first when reading goes on. So who gets the frames can stop them exactly where it wants.
 *
 * <p>Every byte of a payload is copied once, out of the socket's buffer. Bytes that do not make a frame, or one over a limit, are
 * reported as a {@link MalformedException}; from then on the rest of the connection is dropped unread, since nobody can tell where
 * a next frame would start. Whoever gets the exception closes the connection.
 */
public final class AvroFrameDecoder extends ChannelDuplexHandler {
    private enum State {
        SERIAL,
        BUFFER_COUNT,
        BUFFER_LENGTH,
        BUFFER,
        REFUSED
    }

    private final CodecLimits limits;
    private final PayloadAssembler payload;

    /** What came in and is not decoded yet; empty but while auto-read is off. */
    private final Queue<ByteBuf> waiting = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext context;
    private boolean isDecoding;

    private State state = State.SERIAL;
    private int serial;
    private int buffersLeft;
    private int bufferBytesLeft;
    private long frameBytes;

    /** The number being read, and how many of its bytes came in before the read that is being looked at. */
    private int number;

    private int numberBytes;

    /** @param budget shared by all connections whose unfinished frames are to be bounded together */
    public AvroFrameDecoder(CodecLimits limits, ReceiveBudget budget) {
        this.limits = limits;
        this.payload = new PayloadAssembler(limits.maxFrameBytes(), budget, this::evicted);
    }

    /** True while a frame has begun and not ended: its sender owes us bytes. */
    public boolean isMidFrame() {
        return state != State.REFUSED && (state != State.SERIAL || numberBytes > 0);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        waiting.add((ByteBuf) message);
        decodeWaiting(ctx);
    }

    /** Asked for more: what is here comes first. */
    @Override
    public void read(ChannelHandlerContext ctx) {
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
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        payload.join();
    }

    /** The connection is gone, maybe in the middle of a frame. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
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
        if (state != State.REFUSED && payload.isEvicted()) {
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
            if (state == State.REFUSED) {
                releaseWaiting();
            }
        }
    }

    private boolean mayGoOn(ChannelHandlerContext ctx) {
        return switch (state) {
            case SERIAL -> ctx.channel().config().isAutoRead() && ctx.channel().isActive();
            case BUFFER_COUNT, BUFFER_LENGTH, BUFFER -> true;
            case REFUSED -> false;
        };
    }

    private boolean decodeStep(ChannelHandlerContext ctx, ByteBuf in) {
        return switch (state) {
            case SERIAL -> decodeSerial(in);
            case BUFFER_COUNT -> decodeBufferCount(in);
            case BUFFER_LENGTH -> decodeBufferLength(ctx, in);
            case BUFFER -> decodeBuffer(ctx, in);
            case REFUSED -> false;
        };
    }

    private boolean decodeSerial(ByteBuf in) {
        if (!readNumber(in)) {
            return false;
        }
        serial = number;
        state = State.BUFFER_COUNT;
        return true;
    }

    private boolean decodeBufferCount(ByteBuf in) {
        if (!readNumber(in)) {
            return false;
        }
        if (number < 1) {
            throw new MalformedException("buffers in a frame: " + number + " (expected: at least 1)");
        }
        if (number > limits.maxFrameBuffers()) {
            throw new LimitExceededException("maxFrameBuffers", number, limits.maxFrameBuffers());
        }
        buffersLeft = number;
        frameBytes = 0;
        state = State.BUFFER_LENGTH;
        return true;
    }

    private boolean decodeBufferLength(ChannelHandlerContext ctx, ByteBuf in) {
        if (!readNumber(in)) {
            return false;
        }
        if (number < 0) {
            throw new MalformedException("buffer length: " + number + " (expected: at least 0)");
        }
        frameBytes += number;
        if (frameBytes > limits.maxFrameBytes()) {
            throw new LimitExceededException("maxFrameBytes", frameBytes, limits.maxFrameBytes());
        }
        bufferBytesLeft = number;
        state = State.BUFFER;
        return bufferBytesLeft > 0 || endBuffer(ctx);
    }

    private boolean decodeBuffer(ChannelHandlerContext ctx, ByteBuf in) {
        int bytes = Math.min(bufferBytesLeft, in.readableBytes());
        if (bytes == 0) {
            return false;
        }
        payload.append(in, bytes);
        bufferBytesLeft -= bytes;
        return bufferBytesLeft == 0 && endBuffer(ctx);
    }

    private boolean endBuffer(ChannelHandlerContext ctx) {
        if (--buffersLeft > 0) {
            state = State.BUFFER_LENGTH;
        } else {
            state = State.SERIAL; // first: the next handler may close the connection, and so remove this one
            ctx.fireChannelRead(new AvroFrame(serial, payload.finish()));
        }
        return true;
    }

    /** Reads {@link #number}, of which up to three bytes may have come at the end of the read before. */
    private boolean readNumber(ByteBuf in) {
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
        state = State.REFUSED;
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
