package org.millrace.relay.channel.memory;

import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;

/**
 * A batch, or what is left of one, in a channel. Whoever holds this owns the batch.
 *
 * @param sequence of the first event, counted since the channel was made
 * @param arrivedNanos when it came in, by the channel's {@link org.millrace.api.support.KeepAliveTimer#nanoTime}
 */
record StoredBatch(EventBatch batch, long sequence, long arrivedNanos) implements TakenBatch {
    /** @param skipped events before the part, which has an owner of its own */
    StoredBatch part(int skipped, EventBatch part) {
        return new StoredBatch(part, sequence + skipped, arrivedNanos);
    }
}
