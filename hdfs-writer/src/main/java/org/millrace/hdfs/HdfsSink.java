package org.millrace.hdfs;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.part.RefusedEventException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;
import org.millrace.serializer.EventSchemas;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events into files of a Hadoop file system, by bucket. A turn takes up to a batch, writes all its buckets side by side,
 * flushes them, and only then commits: what left the channel is visible to readers and survives this agent. How far files go is
 * committed with it ({@link Manifest}), so that after a failure, or a crash, what goes back to the channel is cut off. Where only some
 * buckets fail or hang, their events alone are kept hold of ({@link HeldEvents}).
 */
final class HdfsSink implements Sink, BatchSized {
    private static final Logger log = LoggerFactory.getLogger(HdfsSink.class);
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);
    /** Events of a batch may be as long as they are; with so many bytes, no others come along. */
    private static final long ENOUGH_BYTES = 4 << 20;

    /** How often to look whether events that are held back can be delivered, and whether calls that take long have come back. */
    private static final Duration LOOK_AT_HELD = Duration.ofMillis(100);

    private final SinkContext context;
    private final HdfsSettings settings;
    private final DeadLetters deadLetters;
    private final Callers callers;
    private final Refusals refusals;
    private @Nullable OpenStore store;

    HdfsSink(SinkContext context, HdfsSettings settings, DeadLetters deadLetters, Callers callers) {
        this.context = context;
        this.settings = settings;
        this.deadLetters = deadLetters;
        this.callers = callers;
        this.refusals = new Refusals(context, deadLetters);
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
    public String outlook() {
        String files = settings.forecast().text();
        boolean fails = context.othersTakeOver() && settings.held().events() == 0;
        return fails
                ? files + "; a bucket that hangs or is refused fails the turn, for the next sink of the group"
                : files;
    }

    @Override
    public void start() throws StartException {
        OpenStore opened = OpenStore.open(context, settings, callers);
        store = opened;
        try {
            deadLetters.start();
            context.metrics().started(context.clock().instant());
            log.info("Sink {}: writes to {}; {}", context.name(), settings.location(), outlook());
        } catch (StartException | RuntimeException | Error e) {
            try {
                giveBack(opened);
            } catch (RuntimeException | Error notClosed) {
                e.addSuppressed(notClosed);
            }
            throw e;
        }
    }

    private void giveBack(OpenStore closing) {
        try (deadLetters;
                closing) {
            store = null;
        }
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

    /** Events that are held back are written now, or go back to the channel, which is a failure. */
    @Override
    public void settle() throws DeliveryException, InterruptedException {
        OpenStore open = started();
        try {
            doDue(open);
            String notWritten = open.buckets().letGo(context.channel());
            if (!notWritten.isEmpty()) {
                throw new DeliveryException("sink " + context.name() + ": " + notWritten);
            }
        } catch (ChannelException e) {
            throw new DeliveryException("channel " + context.channel().name() + ": " + e.getMessage(), e);
        } catch (ManifestException e) {
            throw new DeliveryException("sink " + context.name() + ": " + e.getMessage(), e);
        } finally {
            keepInterrupt(open);
        }
    }

    private void doDue(OpenStore open) throws InterruptedException {
        open.calls().collect();
        open.unfinished().advance();
        open.buckets().finishDue();
        deadLetters.finishDue();
    }

    private static void keepInterrupt(OpenStore open) {
        if (open.calls().clearInterrupted()) {
            Thread.currentThread().interrupt();
        }
    }

    private Drain deliver(OpenStore open) throws DeliveryException, InterruptedException {
        Buckets buckets = open.buckets();
        int taken = 0;
        int delivered = 0;
        boolean isWhole = false;
        try (Transaction tx = context.channel().begin()) {
            refusals.turnBegins();
            List<EventBatch> batches = take(tx, open);
            taken = batches.stream().mapToInt(EventBatch::events).sum();
            refusals.settle(taken, buckets.unwritable());
            buckets.write();
            refusals.written(buckets.hasWritten(), buckets.unwritable());
            delivered = buckets.divide(tx, batches);
            context.metrics().batchTaken(taken, settings.batchEvents());
            if (delivered > 0 || buckets.hasWritten()) {
                boolean hasLetters = !refusals.isEmpty(); // on disk by now: after a crash they are not to come again
                buckets.commit(tx, hasLetters);
            }
            delivered -= deadLetters.committed();
            refusals.committed(taken, delivered > 0);
            isWhole = true;
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw new DeliveryException("channel " + context.channel().name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DeliveryException("sink " + context.name() + ": " + e.getMessage(), e);
        } finally {
            if (!isWhole) {
                buckets.rolledBack();
            }
            deadLetters.rolledBack();
        }
        context.metrics().drainSuccesses.inc(delivered);
        open.unfinished().advance();
        return taken > 0 || delivered > 0 ? Drain.DELIVERED : rest(open);
    }

    private List<EventBatch> take(Transaction tx, OpenStore open) throws IOException {
        List<EventBatch> taken = new ArrayList<>();
        if (open.buckets().held().isFull()) {
            return taken;
        }
        int events = 0;
        if (open.schemas() != null) {
            open.schemas().turnBegins();
        }
        long bytes = 0;
        EventBatch batch;
        while (mayTake(events, bytes) && (batch = tx.take(mostEvents() - events)) != null) {
            events += batch.events();
            bytes += batch.encodedBytes();
            context.metrics().drainAttempts.inc(batch.events());
            taken.add(batch);
            assign(batch, open);
        }
        return taken;
    }

    /** A flush costs the same for many events as for few: what waits already comes along. */
    private int mostEvents() {
        int more = Math.min(settings.flushEvents(), context.channel().transactionCapacity());
        return Math.max(settings.batchEvents(), more);
    }

    private boolean mayTake(int events, long bytes) {
        return events < settings.batchEvents() || (events < mostEvents() && bytes < ENOUGH_BYTES);
    }

    /** Nothing was taken. While events are held back, they are on their way. */
    private Drain rest(OpenStore open) throws DeliveryException, InterruptedException {
        HeldEvents held = open.buckets().held();
        if (held.isEmpty()) {
            return Drain.IDLE;
        }
        if (held.isFull()) {
            throw new DeliveryException("sink " + context.name() + ": " + held.reason());
        }
        Instant now = open.clock().instant();
        Instant retry = held.nextRetry();
        if (retry.isAfter(now)) {
            boolean isSoon = retry.isBefore(now.plus(LOOK_AT_HELD));
            context.channel().awaitEvents(isSoon ? Duration.between(now, retry) : LOOK_AT_HELD);
        }
        return Drain.DELIVERED;
    }

    private void assign(EventBatch batch, OpenStore open) throws IOException {
        EventReader event = batch.reader();
        while (event.next()) {
            try {
                if (!refusals.isGivenUp(event, open.buckets().unwritable())) {
                    assign(batch, event, open);
                }
            } catch (RefusedEventException e) {
                refusals.refuse(event, e);
            } catch (RuntimeException e) {
                refusals.refuse(event, e);
            }
        }
    }

    private void assign(EventBatch batch, EventReader event, OpenStore open) throws IOException, RefusedEventException {
        if (event.bodyLength() > settings.maxEventBytes()) {
            throw new RefusedEventException(
                    "its body has " + event.bodyLength() + " bytes (expected: at most hdfs.maxEventBytes, "
                            + settings.maxEventBytes() + ")",
                    false);
        }
        settings.content().serializer().check(event);
        boolean usesTime = settings.directory().usesTime() || settings.prefix().usesTime();
        long millis = usesTime ? open.time().ofBucket(event) : 0;
        String directory = settings.directory().resolve(event, millis);
        String prefix = settings.prefix().resolve(event, millis);
        open.places().check(directory, prefix);
        EventSchemas schemas = open.schemas();
        open.buckets().add(batch, event, directory, prefix, schemas == null ? "" : schemas.ofDatum(event));
    }

    @Override
    public Duration idleLimit() {
        OpenStore open = started();
        if (open.calls().isUnderWay()) {
            return LOOK_AT_HELD;
        }
        Instant byFiles = open.buckets().nextDue();
        Instant byRetries = open.unfinished().nextDue();
        Instant due = byFiles.isBefore(byRetries) ? byFiles : byRetries;
        Instant now = open.clock().instant();
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
        if (store == null) {
            return;
        }
        try {
            giveBack(store);
        } finally {
            context.metrics().stopped(context.clock().instant());
        }
        log.info("Sink {}: stopped", context.name());
    }
}
