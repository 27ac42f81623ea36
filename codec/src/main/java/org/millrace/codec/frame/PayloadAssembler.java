package org.millrace.codec.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.BatchMemory;
import org.millrace.codec.LimitExceededException;

/**
 * Puts the payload of one frame after another together. What a peer says is coming sets no memory aside: the payload grows with
 * what has come. It starts at the size of the connection's previous frame, so that a steady sender's bytes are copied once.
 */
final class PayloadAssembler implements ReceiveBudget.Holder {
    /** The largest head start that a previous frame gives. */
    private static final int MAX_HEAD_START_BYTES = 1 << 20;

    /** Room left unused below this is not worth a copy. */
    private static final int SMALL_BYTES = 4 << 10;

    private final int maxFrameBytes;
    private final ReceiveBudget budget;

    private final Runnable onEviction;

    private @Nullable ByteBuf payload;
    /** Taken from the budget for {@link #payload}. Written by the connection's thread alone. */
    private volatile int heldBytes;

    /** Whether the frame being put together is to be given up. Set by any thread, cleared by the connection's. */
    private volatile boolean isEvicted;

    private int previousBytes;

    /** @param onEviction called by any thread when the budget wants the frame to be given up */
    PayloadAssembler(int maxFrameBytes, ReceiveBudget budget, Runnable onEviction) {
        this.maxFrameBytes = maxFrameBytes;
        this.budget = budget;
        this.onEviction = onEviction;
    }

    @Override
    public int heldBytes() {
        return heldBytes;
    }

    @Override
    public void evict() {
        isEvicted = true;
        onEviction.run();
    }

    /** From now on the budget may evict this one. */
    void join() {
        budget.join(this);
    }

    /** No frame will begin any more. */
    void leave() {
        budget.leave(this);
    }

    /** False again once the frame has come to its end regardless. */
    boolean isEvicted() {
        return isEvicted;
    }

    /** Moves the next {@code bytes} of {@code in} to the end of the payload; the frame's limit has been checked. */
    void append(ByteBuf in, int bytes) {
        ByteBuf to = payload;
        if (to == null) {
            to = begin(bytes);
        } else if (to.writableBytes() < bytes) {
            grow(to, to.writerIndex() + bytes);
        }
        to.writeBytes(in, bytes);
    }

    /** The payload; the caller owns it. The next frame may begin. */
    ByteBuf finish() {
        ByteBuf done = payload;
        if (done == null) {
            return Unpooled.EMPTY_BUFFER;
        }
        payload = null;
        giveBack();
        if (isEvicted) {
            isEvicted = false;
            budget.join(this);
        }
        previousBytes = done.readableBytes();
        if (done.capacity() > SMALL_BYTES && done.capacity() / 2 > previousBytes) {
            done.capacity(previousBytes); // a channel may keep it for long: no more room than it needs
        }
        return done;
    }

    /** Gives up a frame cut off in the middle. */
    void discard() {
        if (payload != null) {
            giveBack();
            payload.release();
            payload = null;
        }
    }

    private void giveBack() {
        budget.release(heldBytes);
        heldBytes = 0;
    }

    private ByteBuf begin(int bytes) {
        int headStart = Math.min(previousBytes + previousBytes / 8, MAX_HEAD_START_BYTES);
        ByteBuf fresh = BatchMemory.allocate(acquire(bytes, Math.max(bytes, headStart)));
        payload = fresh;
        heldBytes = fresh.capacity();
        return fresh;
    }

    private void grow(ByteBuf full, int needed) {
        int before = full.capacity();
        full.capacity(before + acquire(needed - before, Math.max(needed - before, before)));
        heldBytes = full.capacity();
    }

    /** Bytes taken from the budget: as many as wanted, or else what is needed. */
    private int acquire(int needed, int wanted) {
        int most = Math.min(wanted, Math.max(needed, maxFrameBytes));
        if (budget.tryAcquire(most)) {
            return most;
        }
        if (budget.tryAcquire(needed) || budget.acquireFromLargest(this, needed)) {
            return needed;
        }
        throw overBudget(needed);
    }

    /** Why a frame is refused that wants so many bytes more. */
    LimitExceededException overBudget(int more) {
        return new LimitExceededException("maxReceiveBytes", budget.heldBytes() + more, budget.maxBytes());
    }
}
