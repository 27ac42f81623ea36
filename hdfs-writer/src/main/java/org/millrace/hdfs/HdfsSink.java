package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events into files of a Hadoop file system, by bucket. A turn takes up to a batch, writes all its buckets side by side,
 * flushes them, and only then commits: what left the channel is visible to readers and survives this agent. After a failure the
 * whole batch goes back, so events may stand in files twice, but none is lost.
 */
final class HdfsSink implements Sink, BatchSized {
    private static final Logger log = LoggerFactory.getLogger(HdfsSink.class);
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);

    private final SinkContext context;
    private final HdfsSettings settings;
    private @Nullable OpenStore store;

    HdfsSink(SinkContext context, HdfsSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    @Override
    public int batchEvents() {
        return settings.batchEvents();
    }

    @Override
    public String batchKey() {
        return "hdfs.batchSize";
    }

    @Override
    public void start() throws StartException {
        store = OpenStore.open(context, settings);
        context.metrics().started(context.clock().instant());
        log.info("Sink {}: writes to {}", context.name(), settings.location());
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        OpenStore open = started();
        try {
            doDue(open);
            return deliver(open);
        } finally {
            keepInterrupt(open);
        }
    }

    /** Nothing is on its way between turns, but files may have to be finished. */
    @Override
    public void settle() {
        OpenStore open = started();
        try {
            doDue(open);
        } finally {
            keepInterrupt(open);
        }
    }

    private static void doDue(OpenStore open) {
        open.unfinished().retryDue();
        open.buckets().finishDue();
    }

    private static void keepInterrupt(OpenStore open) {
        if (open.calls().clearInterrupted()) {
            Thread.currentThread().interrupt();
        }
    }

    private Drain deliver(OpenStore open) throws DeliveryException, InterruptedException {
        int events = 0;
        try (Transaction tx = context.channel().begin()) {
            events = takeAndWrite(tx, open);
            context.metrics().batchTaken(events, settings.batchEvents());
            if (events == 0) {
                return Drain.IDLE;
            }
            tx.commit();
            context.metrics().drainSuccesses.inc(events);
            return Drain.DELIVERED;
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw new DeliveryException("take from channel " + context.channel().name(), e);
        } catch (IOException e) {
            context.metrics().eventWriteFails.inc();
            throw new DeliveryException("sink " + context.name() + ": " + e.getMessage(), e);
        } finally {
            open.buckets().drop();
        }
    }

    private int takeAndWrite(Transaction tx, OpenStore open) throws IOException {
        int events = 0;
        EventBatch batch;
        while (events < settings.batchEvents() && (batch = tx.take(settings.batchEvents() - events)) != null) {
            events += batch.events();
            context.metrics().drainAttempts.inc(batch.events());
            assign(batch, open);
        }
        open.buckets().write();
        return events;
    }

    private void assign(EventBatch batch, OpenStore open) throws IOException {
        EventSchemas schemas = open.schemas();
        boolean usesTime = settings.directory().usesTime() || settings.prefix().usesTime();
        EventReader event = batch.reader();
        while (event.next()) {
            long millis = usesTime ? open.time().ofBucket(event) : 0;
            open.buckets()
                    .add(
                            batch,
                            event,
                            settings.directory().resolve(event, millis),
                            settings.prefix().resolve(event, millis),
                            schemas == null ? "" : schemas.of(event));
        }
    }

    @Override
    public Duration idleLimit() {
        OpenStore open = started();
        Instant byFiles = open.buckets().nextDue();
        Instant byRetries = open.unfinished().nextDue();
        Instant due = byFiles.isBefore(byRetries) ? byFiles : byRetries;
        Instant now = context.clock().instant();
        if (!due.isBefore(now.plus(LONGEST_IDLE))) {
            return LONGEST_IDLE;
        }
        return due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO;
    }

    private OpenStore started() {
        if (store == null) {
            throw new IllegalStateException("sink " + context.name() + " is not started");
        }
        return store;
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
            store = null;
            context.metrics().stopped(context.clock().instant());
            log.info("Sink {}: stopped", context.name());
        }
    }
}
