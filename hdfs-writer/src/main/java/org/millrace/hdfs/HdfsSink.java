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
 * flushes them, and only then commits: what left the channel is visible to readers and survives this agent. How far files go is
 * committed with it ({@link Manifest}), so that after a failure, or a crash, what goes back to the channel is cut off.
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
    public void settle() throws InterruptedException {
        OpenStore open = started();
        try {
            doDue(open);
        } finally {
            keepInterrupt(open);
        }
    }

    private static void doDue(OpenStore open) throws InterruptedException {
        open.unfinished().advance();
        open.buckets().finishDue();
    }

    private static void keepInterrupt(OpenStore open) {
        if (open.calls().clearInterrupted()) {
            Thread.currentThread().interrupt();
        }
    }

    private Drain deliver(OpenStore open) throws DeliveryException, InterruptedException {
        int events = 0;
        boolean committed = false;
        try (Transaction tx = context.channel().begin()) {
            events = takeAndWrite(tx, open);
            context.metrics().batchTaken(events, settings.batchEvents());
            if (events == 0) {
                committed = true;
                return Drain.IDLE;
            }
            commit(tx, open);
            committed = true;
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw new DeliveryException("channel " + context.channel().name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            context.metrics().eventWriteFails.inc();
            throw new DeliveryException("sink " + context.name() + ": " + e.getMessage(), e);
        } finally {
            if (!committed) {
                open.buckets().rolledBack();
            }
        }
        context.metrics().drainSuccesses.inc(events);
        open.unfinished().advance();
        return Drain.DELIVERED;
    }

    private int takeAndWrite(Transaction tx, OpenStore open) throws IOException, InterruptedException {
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

    /** What was written and how far the channel has been read: both count from now on, or neither does. */
    private static void commit(Transaction tx, OpenStore open) throws InterruptedException {
        Manifest.Change change = open.manifest().change();
        boolean durably = open.buckets().settle(change);
        change.attachTo(tx);
        if (durably) {
            tx.commitDurably();
        } else {
            tx.commit();
        }
        change.adopt();
        open.buckets().committed();
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
