package org.millrace.relay.channel.spill;

import org.jspecify.annotations.Nullable;
import org.millrace.api.Transaction;
import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;

/** A batch, or a part of one, that a sink has taken. Whoever holds this owns the batch. Not thread-safe. */
final class Piece implements TakenBatch {
    private final EventBatch batch;
    /** Of the first event, among all of the channel. */
    private final long sequence;

    private @Nullable Lease lease;
    private int offset;

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

    /** Goes from its lease to another one. Does nothing with events of the memory. */
    void moveTo(Lease other, Transaction ofOther, int newOffset) {
        if (lease != null) {
            lease.moveTo(ofOther, offset, batch.events());
            lease = other;
            offset = newOffset;
        }
    }

    /** The overflow has it back. */
    void giveBack() {
        if (lease != null) {
            lease.rollBack(offset, batch.events());
        }
    }
}
