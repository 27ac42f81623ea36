package org.millrace.durable;

import static java.util.Objects.requireNonNull;

import com.codahale.metrics.Counter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.Aftermath;
import org.millrace.api.support.AllOf;
import org.millrace.api.support.KeepAliveTimer;
import org.millrace.api.support.Put;
import org.millrace.api.support.PutGate;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.log.Append;

/**
 * The way of puts into the log: through the gate, where they wait for room, to the log, which says when they are safe; then readers
 * may have them. Thread-safe, under the channel's lock.
 */
final class LogEntrance {
    private static final CompletableFuture<Void> NOTHING_PUT = CompletableFuture.completedFuture(null);

    private final String name;
    private final ReentrantLock lock;
    private final LogReaders readers;
    private final ChannelLimits limits;
    private final String keyPrefix;
    private final InstantSource clock;
    private final ChannelMetrics metrics;
    private final Counter putErrors;
    private final Counter duplicateEvents;
    private final PutGate gate;

    // From open on:
    private @Nullable OpenLog open;
    /** Written under the lock; asked without it whether a put ever fits. */
    private volatile @Nullable LogRoom room;

    private @Nullable Duplicates duplicates;

    /** @param readers are told of each put that is safe */
    LogEntrance(
            ChannelContext context,
            ChannelLimits limits,
            ReentrantLock lock,
            KeepAliveTimer timer,
            LogReaders readers,
            Counter putErrors) {
        this.name = context.name();
        this.lock = lock;
        this.readers = readers;
        this.limits = limits;
        this.keyPrefix = context.agent() + ".channels." + context.name() + ".";
        this.clock = context.clock();
        this.metrics = context.metrics();
        this.putErrors = putErrors;
        this.duplicateEvents = metrics.counter("duplicateEvents");
        this.gate = new PutGate(
                name,
                lock,
                new Room(),
                limits.room().keepAlive(),
                timer,
                limits.waitingBytes(),
                metrics.counter("refusedBatches"));
    }

    PutGate gate() {
        return gate;
    }

    /**
     * As {@link org.millrace.api.Channel#submitUnflushed(EventBatch, Origin)}. Takes the batch over.
     */
    CompletableFuture<Void> submitUnflushed(EventBatch batch, Origin origin) {
        if (!origin.hasNumbersFor(batch.events())) {
            String why = "channel " + name + ": " + batch.events() + " events, of which the first is number "
                    + origin.sequence() + " of its sender (expected: none beyond " + (1L << 62) + ")";
            batch.release();
            return CompletableFuture.failedFuture(new ChannelException(why));
        }
        Duplicates.Plan plan = batch.isEmpty() ? null : plan(batch, origin);
        if (plan == null) {
            return submit(new Put(List.of(batch), true));
        }
        duplicateEvents.inc(plan.duplicateEvents());
        List<CompletableFuture<Void>> outcomes = new ArrayList<>(plan.awaited());
        plan.fresh().forEach(put -> outcomes.add(submitNumbered(put)));
        return outcomes.isEmpty() ? NOTHING_PUT : AllOf.of(outcomes);
    }

    /** Null before the start: the gate will say so. Takes the batch over otherwise. */
    private Duplicates.@Nullable Plan plan(EventBatch batch, Origin origin) {
        lock.lock();
        try {
            return duplicates == null ? null : duplicates.plan(batch, origin);
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Void> submitNumbered(Put put) {
        CompletableFuture<Void> outcome = submit(put);
        outcome.whenComplete((stored, failure) -> {
            if (failure != null) {
                put.settled().completeExceptionally(failure); // who waits for a put that was refused hears of it, too
            }
            ended(put);
        });
        return outcome;
    }

    private void ended(Put put) {
        lock.lock();
        try {
            Duplicates known = duplicates;
            Origin origin = put.origin();
            if (known != null && origin != null) {
                known.ended(put, origin);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Senders whose numbers are known. Under the lock. */
    long knownSenders() {
        return duplicates == null ? 0 : duplicates.senders();
    }

    /** Under the lock. */
    void open(OpenLog opened) {
        open = opened;
        room = new LogRoom(keyPrefix, limits, opened.log(), opened.backlog());
        duplicates = new Duplicates(clock, opened.log().recovered().seen());
        gate.open();
    }

    /** As {@link org.millrace.api.Channel#submit}. Takes the put over. */
    CompletableFuture<Void> submit(Put put) {
        metrics.putAttempts.inc(put.events());
        if (put.events() == 0) {
            put.release(); // nothing to keep
            return NOTHING_PUT;
        }
        return gate.submit(put);
    }

    /** For a thread that may block: returns once the put is safe. Takes the put over. */
    void putAndWait(Put put) throws InterruptedException {
        metrics.putAttempts.inc(put.events());
        if (put.events() == 0) {
            put.release();
        } else {
            gate.putAndWait(put);
        }
    }

    /** Under the lock. */
    double byteFillPercentage() {
        return room == null ? 0 : room.byteFillPercentage();
    }

    /** Somebody has made room. */
    void roomChanged() {
        Aftermath aftermath;
        lock.lock();
        try {
            aftermath = gate.roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    private OpenLog open() {
        return requireNonNull(open); // the gate asks and lets in only while it is open
    }

    /** What the gate asks about room, and where it lets puts in. */
    private final class Room implements PutGate.Room {
        @Override
        public @Nullable String neverFits(Put put) {
            String never = LogRoom.neverFits(put, limits, keyPrefix);
            LogRoom opened = room;
            return never != null || opened == null ? never : opened.neverFitsTheLog(put);
        }

        @Override
        public boolean fits(Put put) {
            return room().fits(put);
        }

        @Override
        public void enter(Put put) {
            open().backlog().begin(put);
        }

        /** Without the lock: the log computes checksums and copies. */
        @Override
        public boolean entered(Put put) {
            Pending pending = new Pending(put, open());
            try {
                pending.log.log().append(pending);
            } catch (RuntimeException | Error e) { // such as no memory for the copy: the put must not keep its room
                pending.failed(new ChannelException("channel " + name + ": the log did not take a put: " + e, e));
            }
            return false;
        }

        @Override
        public boolean isHigh() {
            return room().isHigh();
        }

        @Override
        public boolean isLow() {
            return room().isLow();
        }

        /** Asked once for each put that is refused. To Flume a full disk is an error, and a full channel is none. */
        @Override
        public String shortage(Put put) {
            if (open().log().isFull()) {
                putErrors.inc();
            }
            return room().shortage(put);
        }

        private LogRoom room() {
            return requireNonNull(room);
        }
    }

    /** A put on its way. The callbacks come from the log's thread. */
    private final class Pending implements Append {
        private final Put put;
        private final OpenLog log;

        Pending(Put put, OpenLog log) {
            this.put = put;
            this.log = log;
        }

        @Override
        public List<EventBatch> batches() {
            return put.batches();
        }

        @Override
        public @Nullable Origin origin() {
            return put.origin();
        }

        @Override
        public int events() {
            return put.events();
        }

        @Override
        public int encodedBytes() {
            return (int) put.encodedBytes(); // less than a segment, or it would not have come here
        }

        @Override
        public int bodyBytes() {
            return (int) put.bodyBytes();
        }

        @Override
        public boolean moreFollows() {
            return put.moreFollows();
        }

        @Override
        public void durable(long firstSequence) {
            Aftermath aftermath;
            lock.lock();
            try {
                log.backlog().stored(put, firstSequence);
                requireNonNull(duplicates).stored(put);
                log.times().arrived(firstSequence, clock.millis());
                readers.arrived(put.batches(), firstSequence);
                aftermath = gate.roomChanged(); // there is less on its way
            } finally {
                lock.unlock();
            }
            metrics.putSuccesses.inc(put.events());
            put.settled().complete(null);
            aftermath.run();
        }

        @Override
        public void failed(ChannelException why) {
            putErrors.inc(); // the log is full for want of disk alone
            Aftermath aftermath;
            lock.lock();
            try {
                log.backlog().drop(put);
                aftermath = gate.roomChanged();
            } finally {
                lock.unlock();
            }
            put.release();
            put.settled().completeExceptionally(why);
            aftermath.run();
        }
    }
}
