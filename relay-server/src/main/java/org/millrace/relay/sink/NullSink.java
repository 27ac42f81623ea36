package org.millrace.relay.sink;

import java.util.concurrent.atomic.AtomicLong;
import org.millrace.api.BatchSized;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets what it takes: Flume's {@code null}. For tests and for measuring what stands before it. */
final class NullSink implements Sink, BatchSized {
    private static final Logger LOG = LoggerFactory.getLogger(NullSink.class);

    private final SinkContext context;
    private final int batchEvents;
    private final long logEveryEvents;
    private final TakenBatches taken;

    private final AtomicLong events = new AtomicLong();

    /** @param logEveryEvents one log line each time so many events are gone; 0 for none */
    NullSink(SinkContext context, int batchEvents, long logEveryEvents) {
        this.context = context;
        this.batchEvents = batchEvents;
        this.logEveryEvents = logEveryEvents;
        this.taken = new TakenBatches(context.channel(), context.metrics(), batchEvents);
    }

    @Override
    public int batchEvents() {
        return batchEvents;
    }

    @Override
    public String batchKey() {
        return NullSinkFactory.BATCH_SIZE;
    }

    @Override
    public void start() {
        context.metrics().started(context.clock().instant());
        LOG.info(
                "sink {} started: discards what comes from channel {}",
                context.name(),
                context.channel().name());
    }

    @Override
    public Drain drain() throws InterruptedException {
        long before = events.get();
        Drain drain = taken.drainTo(batch -> events.addAndGet(batch.events()));
        long after = events.get();
        if (logEveryEvents > 0 && before / logEveryEvents != after / logEveryEvents) {
            LOG.info("sink {}: {} events discarded so far", context.name(), after);
        }
        return drain;
    }

    @Override
    public void close() {
        context.metrics().stopped(context.clock().instant());
        LOG.info("sink {} stopped: {} events discarded", context.name(), events);
    }
}
