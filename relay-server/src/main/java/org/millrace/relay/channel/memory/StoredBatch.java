package org.millrace.relay.channel.memory;

import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;

/**
 * A batch, or what is left of one, in a channel. Whoever holds this owns the batch.
 *
 * @param arrivedNanos when it came in, by the channel's {@link org.millrace.api.support.KeepAliveTimer#nanoTime}
 */
record StoredBatch(EventBatch batch, long arrivedNanos) implements TakenBatch {}
