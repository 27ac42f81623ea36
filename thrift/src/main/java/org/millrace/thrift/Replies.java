package org.millrace.thrift;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the answers of one connection, and sends together what one read led to or what became ready at about the same time. The
 * connection's event loop only.
 */
final class Replies {
    private static final int FIRST_BYTES = 512;

    /** So much is not held back any longer. */
    private static final int ENOUGH_BYTES = 16 << 10;

    private final Channel connection;
    private final WireProtocol protocol;

    private @Nullable ByteBuf pending;
    private boolean isReading;
    private boolean isFlushScheduled;

    Replies(Channel connection, WireProtocol protocol) {
        this.connection = connection;
        this.protocol = protocol;
    }

    void status(Call call, FlumeService.Status status) {
        write(call, TMessageType.REPLY, out -> {
            out.writeStructBegin(FlumeService.RESULT);
            out.writeFieldBegin(FlumeService.SUCCESS);
            out.writeI32(status.number);
            out.writeFieldEnd();
            out.writeFieldStop();
            out.writeStructEnd();
        });
    }

    /** @param type one of {@link TApplicationException}'s */
    void exception(Call call, int type, String message) {
        write(call, TMessageType.EXCEPTION, new TApplicationException(type, message)::write);
    }

    private interface Result {
        void writeTo(TProtocol out) throws TException;
    }

    private void write(Call call, byte type, Result result) {
        ByteBuf buffer = buffer();
        FrameOutput frame = new FrameOutput(buffer);
        TProtocol out = protocol.over(frame);
        try {
            out.writeMessageBegin(new TMessage(call.method(), type, call.serial()));
            result.writeTo(out);
            out.writeMessageEnd();
        } catch (TException e) {
            throw new IllegalStateException("an answer that cannot be encoded", e);
        }
        frame.end();
        added(buffer);
    }

    private ByteBuf buffer() {
        ByteBuf buffer = pending;
        if (buffer == null) {
            buffer = connection.alloc().ioBuffer(FIRST_BYTES);
            pending = buffer;
        }
        return buffer;
    }

    private void added(ByteBuf buffer) {
        if (buffer.readableBytes() >= ENOUGH_BYTES) {
            flush();
        } else if (!isReading && !isFlushScheduled) {
            isFlushScheduled = true;
            connection
                    .eventLoop()
                    .execute(this::flushScheduled); // behind the answers that wait in the event loop's queue
        }
    }

    /** A read has begun to bring frames: {@link #readComplete} will follow. */
    void reading() {
        isReading = true;
    }

    void readComplete() {
        isReading = false;
        flush();
    }

    /** Sends what there is and closes the connection behind it. */
    void flushAndClose() {
        connection.writeAndFlush(buffer()).addListener(ChannelFutureListener.CLOSE);
        pending = null;
    }

    /** Gives up what was not sent. */
    void discard() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    private void flushScheduled() {
        isFlushScheduled = false;
        flush();
    }

    private void flush() {
        ByteBuf ready = pending;
        if (ready != null) {
            pending = null;
            connection.writeAndFlush(ready);
        }
    }
}
