package org.millrace.relay.sink.file;

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
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.deadletter.SerializerHealth;
import org.millrace.api.disk.Disk;
import org.millrace.codec.EventBatch;
import org.millrace.serializer.BodySchemas;
import org.millrace.serializer.EventSchemas;
import org.millrace.serializer.SerializerChoice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events into local files. A turn takes up to a batch, writes it, flushes, and only then commits; what a turn that fails has
 * written is cut off again, so that no event stands in a file twice while the agent lives.
 */
final class FileRollSink implements Sink, BatchSized {
    private static final Logger LOG = LoggerFactory.getLogger(FileRollSink.class);
    private static final Duration LONGEST_IDLE = Duration.ofMinutes(1);

    private final SinkContext context;
    private final FileRollSettings settings;
    private final DeadLetters deadLetters;
    private final Disk disk;
    private final @Nullable EventSchemas schemas;

    private final SerializerHealth serializerHealth;

    private @Nullable RollFiles files;
    /** Goes on in whole intervals, as Flume's does. */
    private Instant nextRoll = Instant.MAX;

    FileRollSink(SinkContext context, FileRollSettings settings, DeadLetters deadLetters, Disk disk) {
        this.context = context;
        this.settings = settings;
        this.deadLetters = deadLetters;
        this.disk = disk;
        this.serializerHealth = new SerializerHealth(context);
        BodySchemas keys = SerializerChoice.bodySchemas(settings.serializer());
        this.schemas = keys == null ? null : new EventSchemas(keys, new SchemaPlaces(keys), context.clock());
    }

    @Override
    public int batchEvents() {
        return settings.batchEvents();
    }

    @Override
    public String batchKey() {
        return FileRollSettings.BATCH_SIZE;
    }

    @Override
    public String outlook() {
        if (settings.rollInterval().isZero()) {
            return "one file for each run of the agent in " + settings.directory();
        }
        return "one file each " + settings.rollInterval().toSeconds() + " s in " + settings.directory()
                + (leavesEmptyFiles() ? ", also while there are no events: sink.emptyFiles = false for none" : "");
    }

    /** Where each file has a schema of its own, it is not known before the first event. */
    private boolean leavesEmptyFiles() {
        return settings.emptyFiles() && schemas == null;
    }

    @Override
    public void start() throws StartException {
        String trouble = settings.trouble();
        if (trouble != null) {
            throw new StartException("sink " + context.name() + ": " + FileRollSettings.DIRECTORY + ": " + trouble);
        }
        Instant now = context.clock().instant();
        RollFiles opened = new RollFiles(settings, disk, context.clock(), context.metrics());
        try {
            opened.finishLeftovers();
        } catch (IOException e) {
            throw new StartException(
                    "sink " + context.name() + ": files that an earlier run has left in " + settings.parent() + ": "
                            + e.getMessage(),
                    e);
        }
        deadLetters.start();
        files = opened;
        nextRoll = settings.rollInterval().isZero() ? Instant.MAX : now.plus(settings.rollInterval());
        context.metrics().started(now);
        LOG.info(
                "sink {} started: writes what comes from channel {}; {}",
                context.name(),
                context.channel().name(),
                outlook());
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        RollFiles open = started();
        rollIfDue(open);
        deadLetters.finishDue();
        try {
            if (open.isEmpty() && leavesEmptyFiles()) {
                open.begin("");
            }
            return deliver(open);
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw new DeliveryException("channel " + context.channel().name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            context.metrics().eventWriteFails.inc();
            throw new DeliveryException("sink " + context.name() + " cannot write to " + settings.directory(), e);
        }
    }

    @Override
    public void settle() {
        rollIfDue(started());
        deadLetters.finishDue();
    }

    private void rollIfDue(RollFiles open) {
        Instant now = context.clock().instant();
        if (nextRoll.equals(Instant.MAX)) {
            return;
        }
        Duration interval = settings.rollInterval();
        if (now.isBefore(nextRoll.minus(interval))) {
            nextRoll = now.plus(interval); // the clock was set back
        } else if (!now.isBefore(nextRoll)) {
            open.roll();
            nextRoll = nextRoll.plus(
                    interval.multipliedBy(Duration.between(nextRoll, now).dividedBy(interval) + 1));
        }
    }

    private Drain deliver(RollFiles open) throws IOException, DeliveryException, InterruptedException {
        boolean isWhole = false;
        try (Transaction transaction = context.channel().begin()) {
            Turn turn = Turn.begin(settings.serializer(), schemas, deadLetters, open);
            int taken = append(transaction, turn);
            context.metrics().batchTaken(taken, settings.batchEvents());
            if (taken == 0) {
                isWhole = true;
                return Drain.IDLE;
            }
            if (!turn.hasWritten()) {
                serializerHealth.check(turn.thrownAt(), turn.thrown());
            }
            deadLetters.settle();
            open.flush();
            if (turn.hasRefused()) {
                transaction.commitDurably(); // what is among the dead letters is not to come again after a crash
            } else {
                transaction.commit();
            }
            open.committed();
            isWhole = true;
            tellHealth(turn);
            context.metrics().drainSuccesses.inc((long) taken - deadLetters.committed());
            open.finishEarlier();
            return Drain.DELIVERED;
        } finally {
            if (!isWhole) {
                open.rolledBack();
            }
            deadLetters.rolledBack();
        }
    }

    private void tellHealth(Turn committed) {
        if (committed.hasWritten()) {
            serializerHealth.wrote();
        } else {
            serializerHealth.wroteNone(committed.thrownAt());
        }
    }

    /** @return how many events were taken */
    private int append(Transaction transaction, Turn turn) throws IOException {
        int events = 0;
        EventBatch batch;
        while (events < settings.batchEvents() && (batch = transaction.take(settings.batchEvents() - events)) != null) {
            context.metrics().drainAttempts.inc(batch.events());
            events += batch.events();
            turn.append(batch);
        }
        return events;
    }

    @Override
    public Duration idleLimit() {
        Instant now = context.clock().instant();
        if (!nextRoll.isBefore(now.plus(LONGEST_IDLE))) {
            return LONGEST_IDLE;
        }
        return nextRoll.isAfter(now) ? Duration.between(now, nextRoll) : Duration.ZERO;
    }

    private RollFiles started() {
        if (files == null) {
            throw new IllegalStateException("sink " + context.name() + " is not started");
        }
        return files;
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
            files = null;
            if (schemas != null) {
                schemas.close();
            }
            deadLetters.close();
            context.metrics().stopped(context.clock().instant());
            LOG.info("sink {} stopped", context.name());
        }
    }
}
