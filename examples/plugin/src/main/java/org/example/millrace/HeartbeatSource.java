package org.example.millrace;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.millrace.api.ChannelException;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A source with a thread of its own. */
final class HeartbeatSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatSource.class);

    private final SourceContext context;
    private final Duration interval;
    private final byte[] body;
    private final Thread thread;

    HeartbeatSource(SourceContext context, Duration interval, String text) {
        this.context = context;
        this.interval = interval;
        this.body = text.getBytes(StandardCharsets.UTF_8);
        this.thread = new Thread(this::run, context.name());
    }

    @Override
    public void start() throws StartException {
        thread.start();
        context.metrics().started(context.clock().instant());
    }

    private void run() {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            while (true) {
                String time = Long.toString(context.clock().millis());
                builder.add(Map.of("timestamp", time), body);
                deliver(builder.build());
                Thread.sleep(interval.toMillis());
            }
        } catch (InterruptedException e) {
            LOG.debug("source {} stops", context.name()); // close asked for it
        }
    }

    /** Returns once all required channels have the batch: a source never drops what a channel did not take. */
    private void deliver(EventBatch batch) throws InterruptedException {
        context.metrics().eventsReceived.inc(batch.events());
        boolean isThere = false;
        try {
            while (!isThere) {
                isThere = put(batch);
            }
        } finally {
            batch.release();
        }
    }

    private boolean put(EventBatch batch) throws InterruptedException {
        try {
            context.inlet().put(batch.retain()); // which takes over one reference; ours is for the next try
            context.metrics().eventsAccepted.inc(batch.events());
            return true;
        } catch (ChannelException e) {
            context.metrics().channelWriteFails.inc();
            LOG.warn("source {} tries again: {}", context.name(), e.getMessage());
            Thread.sleep(interval.toMillis());
            return false;
        }
    }

    /** Returns once no more events will come. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever closes us is in a hurry
        }
        context.metrics().stopped(context.clock().instant());
    }
}
