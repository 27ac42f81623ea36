package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.millrace.codec.CodecLimits;
import org.millrace.codec.LimitExceededException;
import org.millrace.codec.MalformedException;

/**
 * Cuts the bytes of a connection into frames of a four-byte length, the highest byte first, and so many bytes: as Thrift's framed
 * transport does. The payload goes to the next handler as a {@link ByteBuf} with an array, which that one owns.
 *
 * <p>While auto-read is off no further frame comes out. A length that is below 1 or over the limit is reported as a {@link
 * MalformedException}, and the rest of the connection is dropped unread. Whoever gets the exception closes the connection.
 */
public final class LengthFrameDecoder extends FrameDecoder {
    private final CodecLimits limits;

    private boolean isInPayload;
    private int bytesLeft;

    /** @param budget shared by all connections whose unfinished frames are to be bounded together */
    public LengthFrameDecoder(CodecLimits limits, ReceiveBudget budget) {
        super(limits.maxFrameBytes(), budget);
        this.limits = limits;
    }

    @Override
    boolean isBetweenFrames() {
        return !isInPayload;
    }

    @Override
    boolean decodeStep(ChannelHandlerContext ctx, ByteBuf in) {
        return isInPayload ? decodePayload(ctx, in) : decodeLength(in);
    }

    private boolean decodeLength(ByteBuf in) {
        if (!readNumber(in)) {
            return false;
        }
        if (number < 1) {
            throw new MalformedException("frame length: " + number + " (expected: at least 1)");
        }
        if (number > limits.maxFrameBytes()) {
            throw new LimitExceededException("maxFrameBytes", number, limits.maxFrameBytes());
        }
        bytesLeft = number;
        isInPayload = true;
        return true;
    }

    private boolean decodePayload(ChannelHandlerContext ctx, ByteBuf in) {
        int bytes = Math.min(bytesLeft, in.readableBytes());
        if (bytes == 0) {
            return false;
        }
        payload.append(in, bytes);
        bytesLeft -= bytes;
        if (bytesLeft == 0) {
            isInPayload = false; // first: the next handler may close the connection, and so remove this one
            ctx.fireChannelRead(payload.finish());
        }
        return true;
    }
}
