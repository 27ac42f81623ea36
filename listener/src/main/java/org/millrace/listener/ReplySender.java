package org.millrace.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import org.jspecify.annotations.Nullable;

/**
 * Collects the answers of one connection and sends them together: those to what one read brought in, or those that other threads
 * made ready at about the same time. A small write costs as much as a large one. The connection's event loop only.
 */
public final class ReplySender {
    private static final int FIRST_BYTES = 512;

    /** So much is not held back any longer. */
    private static final int ENOUGH_BYTES = 16 << 10;

    private final Channel connection;

    private @Nullable ByteBuf pending;
    private boolean isReading;
    private boolean isFlushScheduled;

    public ReplySender(Channel connection) {
        this.connection = connection;
    }

    /** Where the next answer is to be appended; {@link #added} afterwards. */
    public ByteBuf buffer() {
        ByteBuf buffer = pending;
        if (buffer == null) {
            buffer = connection.alloc().ioBuffer(FIRST_BYTES);
            pending = buffer;
        }
        return buffer;
    }

    /** An answer was appended. It is sent with those that follow at once. */
    public void added() {
        if (buffer().readableBytes() >= ENOUGH_BYTES) {
            flush();
        } else if (!isReading && !isFlushScheduled) {
            isFlushScheduled = true;
            connection
                    .eventLoop()
                    .execute(this::flushScheduled); // behind the answers that wait in the event loop's queue
        }
    }

    /** A read has begun to bring frames: {@link #readComplete} will follow. */
    public void reading() {
        isReading = true;
    }

    /** All that this read has brought was brought. */
    public void readComplete() {
        isReading = false;
        flush();
    }

    /** Sends what there is and closes the connection behind it. */
    public void flushAndClose() {
        flushLast().addListener(ChannelFutureListener.CLOSE);
    }

    /** The same for a peer that may still be sending, whose bytes are to be read and dropped: see {@link Linger}. */
    public void flushAndLinger() {
        Linger.hangUp(connection, flushLast());
    }

    private ChannelFuture flushLast() {
        ByteBuf last = buffer();
        pending = null; // before the close, which discards what is pending
        return connection.writeAndFlush(last);
    }

    /** Gives up what was not sent. */
    public void discard() {
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
