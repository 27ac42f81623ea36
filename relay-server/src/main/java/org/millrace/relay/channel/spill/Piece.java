package org.millrace.relay.channel.spill;

import org.jspecify.annotations.Nullable;
import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;

/** A batch, or a part of one, that a sink has taken. Whoever holds this owns the batch. */
final class Piece implements TakenBatch {
    private final EventBatch batch;
    /** Of the first event, among all of the channel. */
    private final long sequence;

    private final @Nullable Lease lease;
    private final int offset;
    private boolean isDelivered;
    /** The overflow has been told what became of it. */
    private boolean isEnded;

    /**
     * @param lease of the overflow; null for events of the memory
     * @param offset of the first event in the lease
     */
    Piece(EventBatch batch, long sequence, @Nullable Lease lease, int offset) {
        this.batch = batch;
        this.sequence = sequence;
        this.lease = lease;
        this.offset = offset;
    }

    /** @param skipped events before the part, which has an owner of its own */
    Piece part(int skipped, EventBatch part) {
        return new Piece(part, sequence + skipped, lease, offset + skipped);
    }

    @Override
    public EventBatch batch() {
        return batch;
    }

    long sequence() {
        return sequence;
    }

    /** Null for events of the memory. */
    @Nullable
    Lease lease() {
        return lease;
    }

    /** The overflow is done with it, whatever becomes of the rest of its transaction. */
    boolean isDelivered() {
        return isDelivered;
    }

    void deliver(boolean durably) throws InterruptedException {
        if (lease != null && !isEnded) {
            isEnded = true; // also if it fails: then it is back
            lease.commit(offset, batch.events(), durably);
        }
        isDelivered = true;
    }

    /** The overflow has it back. */
    void giveBack() {
        if (lease != null && !isEnded) {
            isEnded = true;
            lease.rollBack(offset, batch.events());
        }
    }
}
