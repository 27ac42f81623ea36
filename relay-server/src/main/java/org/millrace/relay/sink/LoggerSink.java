package org.millrace.relay.sink;

import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a line to the log for each event: Flume's {@code logger}. For a first look at what comes in. */
final class LoggerSink implements Sink {
    private static final Logger LOG = LoggerFactory.getLogger(LoggerSink.class);
    /** It has no key for it. Flume takes one at a time. */
    private static final int MOST_BATCH_EVENTS = 100;

    private final SinkContext context;
    private final EventDump dump;
    private final TakenBatches taken;

    LoggerSink(SinkContext context, EventDump dump) {
        this.context = context;
        this.dump = dump;
        this.taken = new TakenBatches(
                context.channel(),
                context.metrics(),
                Math.min(MOST_BATCH_EVENTS, context.channel().transactionCapacity()));
    }

    @Override
    public void start() {
        context.metrics().started(context.clock().instant());
        LOG.info(
                "sink {} started: logs what comes from channel {}",
                context.name(),
                context.channel().name());
    }

    @Override
    public Drain drain() throws InterruptedException {
        return taken.drainTo(this::log);
    }

    @Override
    public void close() {
        context.metrics().stopped(context.clock().instant());
        LOG.info("sink {} stopped", context.name());
    }

    private void log(EventBatch batch) {
        if (LOG.isInfoEnabled()) {
            EventReader event = batch.reader();
            while (event.next()) {
                LOG.info("Event: {}", dump.of(event)); // the one place that shows bodies: it is what this sink is for
            }
        }
    }
}
