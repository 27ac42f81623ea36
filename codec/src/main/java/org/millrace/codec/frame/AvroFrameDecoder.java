package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Cuts the bytes of a connection into {@link AvroFrame}s, which the next handler owns: a serial, a count of buffers, and each buffer
 * behind its length.
 *
 * <p>While auto-read is off no further frame comes out. Bytes that do not make a frame, or one over a limit, are reported as a {@link
 * MalformedException}, and the rest of the connection is dropped unread. Whoever gets the exception closes the connection.
 */
public final class AvroFrameDecoder extends FrameDecoder {
    private enum State {
        SERIAL,
        BUFFER_COUNT,
        BUFFER_LENGTH,
        BUFFER
    }

    private final CodecLimits limits;

    private State state = State.SERIAL;
    private int serial;
    private int buffersLeft;
    private int bufferBytesLeft;
    private long frameBytes;

    /** @param budget shared by all connections whose unfinished frames are to be bounded together */
    public AvroFrameDecoder(CodecLimits limits, ReceiveBudget budget) {
        super(limits.maxFrameBytes(), budget);
        this.limits = limits;
    }

    @Override
    boolean isBetweenFrames() {
        return state == State.SERIAL;
    }

    @Override
    boolean decodeStep(ChannelHandlerContext ctx, ByteBuf in) {
        return switch (state) {
            case SERIAL -> decodeSerial(in);
            case BUFFER_COUNT -> decodeBufferCount(in);
            case BUFFER_LENGTH -> decodeBufferLength(ctx, in);
            case BUFFER -> decodeBuffer(ctx, in);
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
}
