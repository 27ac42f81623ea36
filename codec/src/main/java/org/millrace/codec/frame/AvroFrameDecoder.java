package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Cuts the bytes of a connection into {@link AvroFrame}s, which the next handler owns.
 *
 * <p>Every byte of a payload is copied once, out of the socket's buffer. Bytes that do not make a frame, or one over a limit, are
 * reported as a {@link MalformedException}; from then on the rest of the connection is dropped unread, since nobody can tell where
 * a next frame would start. Whoever gets the exception closes the connection.
 */
public final class AvroFrameDecoder extends ChannelInboundHandlerAdapter {
    private enum State {
        SERIAL,
        BUFFER_COUNT,
        BUFFER_LENGTH,
        BUFFER,
        REFUSED
    }

    private final CodecLimits limits;
    private final PayloadAssembler payload;

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
        this.payload = new PayloadAssembler(limits.maxFrameBytes(), budget);
    }

    /** True while a frame has begun and not ended: its sender owes us bytes. */
    public boolean isMidFrame() {
        return state != State.REFUSED && (state != State.SERIAL || numberBytes > 0);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (decodeStep(ctx, in)) {}
        } catch (MalformedException e) {
            refuseTheRest();
            ctx.fireExceptionCaught(e);
        } finally {
            in.release();
        }
    }

    /** The connection is gone, maybe in the middle of a frame. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        refuseTheRest();
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
    }
}
