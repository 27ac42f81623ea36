package org.millrace.embedded;

import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.millrace.api.ChannelException;
import org.millrace.api.ComponentFactory;
import org.millrace.api.Settings;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.client.Event;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/** The application is what this source takes events from. Thread-safe. */
final class EmbeddedSource implements Source {
    private final SourceContext context;
    /** Read: while a batch is handed in. Write: to start and to close, which so waits for those. */
    private final ReadWriteLock lock = new ReentrantReadWriteLock();

    private boolean isOpen;

    private EmbeddedSource(SourceContext context) {
        this.context = context;
    }

    /** Makes the source of one agent. */
    static final class Factory implements ComponentFactory.OfSource {
        @Override
        public List<String> typeNames() {
            return List.of("embedded", "org.apache.flume.agent.embedded.EmbeddedSource");
        }

        @Override
        public String summary() {
            return "Takes events from the application that the agent is embedded in";
        }

        @Override
        public Source create(SourceContext context, Settings settings) {
            return new EmbeddedSource(context);
        }
    }

    @Override
    public void start() {
        lock.writeLock().lock();
        try {
            isOpen = true;
        } finally {
            lock.writeLock().unlock();
        }
        context.metrics().started(context.clock().instant());
    }

    /**
     * Returns once the channel has all of the events.
     *
     * @throws ChannelException if it has none of them
     * @throws IllegalStateException if the agent is not running
     */
    void put(List<Event> events) throws InterruptedException {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            events.forEach(event -> builder.add(event.headers(), event.body()));
            lock.readLock().lockInterruptibly();
            try {
                if (!isOpen) {
                    throw new IllegalStateException("embedded agent " + context.agent() + " is not started");
                }
                deliver(builder.build());
            } finally {
                lock.readLock().unlock();
            }
        }
    }

    private void deliver(EventBatch batch) throws InterruptedException {
        int events = batch.events();
        SourceMetrics metrics = context.metrics();
        metrics.appendBatchesReceived.inc();
        metrics.eventsReceived.inc(events);
        try {
            context.inlet().put(batch);
        } catch (ChannelException e) {
            metrics.channelWriteFails.inc();
            throw e;
        }
        metrics.appendBatchesAccepted.inc();
        metrics.eventsAccepted.inc(events);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            isOpen = false;
        } finally {
            lock.writeLock().unlock();
        }
        context.metrics().stopped(context.clock().instant());
    }
}
