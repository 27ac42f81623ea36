package org.millrace.relay.sink;

import java.util.function.Consumer;
import org.millrace.api.ChannelReader;
import org.millrace.api.Sink;
import org.millrace.api.SinkMetrics;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

/**
 * A turn of a sink that cannot fail: takes stored batches until it has enough events or the channel has no more, shows each, commits.
 * One thread.
 */
final class TakenBatches {
    private final ChannelReader channel;
    private final SinkMetrics metrics;
    private final int batchEvents;

    TakenBatches(ChannelReader channel, SinkMetrics metrics, int batchEvents) {
        this.channel = channel;
        this.metrics = metrics;
        this.batchEvents = batchEvents;
    }

    /** @param receiver is lent each batch */
    Sink.Drain drainTo(Consumer<EventBatch> receiver) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            int events = 0;
            EventBatch batch;
            while (events < batchEvents && (batch = transaction.take(batchEvents - events)) != null) {
                events += batch.events();
                receiver.accept(batch);
            }
            metrics.batchTaken(events, batchEvents);
            metrics.drainAttempts.inc(events);
            transaction.commit();
            metrics.drainSuccesses.inc(events);
            return events == 0 ? Sink.Drain.IDLE : Sink.Drain.DELIVERED;
        }
    }
}
