package org.millrace.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Answers each frame with OK, and the first one with a handshake too: at once, or when its bytes are on the disk. One answer buffer for
 * all frames of a read.
 */
final class NullServerHandler extends ChannelInboundHandlerAdapter {
    private static final byte[] APPEND_BATCH = "appendBatch".getBytes(StandardCharsets.US_ASCII);

    /** Buffers of an answer behind its serial: handshake (BOTH) or none, no call metadata, OK. */
    private static final byte[] FIRST_OK = {0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0};

    private static final byte[] OK = {0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0};
    private static final int ANSWERS_BYTES = 1024;

    private final LongAdder events;
    private final @Nullable DurableAcks acks;
    private final FrameWalker walker = new FrameWalker() {
        @Override
        void frame(int serial, byte[] head, int headBytes, int lastTwo) {
            answer(serial);
            events.add(eventsOf(head, headBytes));
        }
    };
    private @Nullable ByteBuf answers;
    /** That have come, a frame's beginning included, and are not among those that {@link #acks} knows of. */
    private int newBytes;

    private boolean isGreeted;

    /** Sends answers that have to wait for the disk. */
    @FunctionalInterface
    interface DurableAcks {
        /**
         * Sends these answers, which it takes over, once as many bytes are on the disk as have come since the last ones.
         */
        void send(ChannelHandlerContext connection, ByteBuf answers, int bytes);
    }

    /** @param acks null: answers need no disk */
    NullServerHandler(LongAdder events, @Nullable DurableAcks acks) {
        this.events = events;
        this.acks = acks;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        answers = ctx.alloc().ioBuffer(ANSWERS_BYTES);
        newBytes += in.readableBytes();
        walker.walk(in);
        in.release();
        if (answers.isReadable() && acks != null) {
            acks.send(ctx, answers, newBytes);
            newBytes = 0;
        } else if (answers.isReadable()) {
            ctx.write(answers, ctx.voidPromise());
        } else {
            answers.release();
        }
        answers = null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (acks == null) {
            ctx.flush();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // a peer that is stopped resets its connections
    }

    private void answer(int serial) {
        if (answers != null) {
            answers.writeInt(serial).writeBytes(isGreeted ? OK : FIRST_OK);
            isGreeted = true;
        }
    }

    /** The count of the array's first block, which both agents' sinks make the only one. */
    private static long eventsOf(byte[] head, int headBytes) {
        int at = FrameWalker.find(APPEND_BATCH, head, headBytes);
        if (at < 0) {
            return 1; // `append`
        }
        long zigzag = 0;
        int shift = 0;
        for (int i = at + APPEND_BATCH.length; i < headBytes; i++, shift += 7) {
            zigzag |= (head[i] & 0x7FL) << shift;
            if (head[i] >= 0) {
                break;
            }
        }
        return (zigzag >>> 1) ^ -(zigzag & 1);
    }
}
