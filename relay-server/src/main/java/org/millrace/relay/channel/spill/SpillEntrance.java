package org.millrace.relay.channel.spill;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.Aftermath;
import org.millrace.api.support.KeepAliveTimer;
import org.millrace.api.support.Put;
import org.millrace.api.support.PutGate;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.millrace.relay.channel.heap.ChannelLock;

/** The way in: a put goes to memory or to the overflow, as a whole. Thread-safe. */
final class SpillEntrance implements PutGate.Room {
    /** Encoded bytes of puts that wait for room, as a share of those that fit. */
    private static final int WAITING_SHARE = 8;

    private final SpillParts parts;
    private final KeepAliveTimer timer;
    private final ChannelMetrics metrics;
    private final ChannelLock shared;
    private final ReentrantLock lock;
    private final PutGate gate;

    // Guarded by the lock:
    private final SpillRoom room;
    private final Runs runs;
    private final IdentityHashMap<Put, Runs.Run> toOverflow = new IdentityHashMap<>();
    private boolean spillTimerSet;

    SpillEntrance(SpillParts parts, KeepAliveTimer timer) {
        this.parts = parts;
        this.timer = timer;
        this.metrics = parts.metrics();
        this.shared = parts.shared();
        this.lock = shared.lock();
        this.room = parts.room();
        this.runs = parts.runs();
        this.gate = new PutGate(
                parts.name(),
                lock,
                this,
                parts.settings().roomTimeout(),
                timer,
                parts.settings().bytes().heapBytes() / WAITING_SHARE,
                metrics.counter("refusedBatches"));
    }

    PutGate gate() {
        return gate;
    }

    /** Takes the put over. */
    CompletableFuture<Void> submit(Put put) {
        metrics.putAttempts.inc(put.events());
        return gate.submit(put);
    }

    /** Takes the put over. */
    void putAndWait(Put put) throws InterruptedException {
        metrics.putAttempts.inc(put.events());
        gate.putAndWait(parts.overflow() == null ? put : ofOneBatch(put));
    }

    @Override
    public @Nullable String neverFits(Put put) {
        return room.neverFits(put);
    }

    @Override
    public boolean fits(Put put) {
        boolean fits = room.sideFor(put) != null;
        if (!fits && room.maySpillFor(put) && !spillTimerSet) {
            spillTimerSet = true;
            timer.runAfter(parts.settings().overflowTimeout().toNanos(), this::spill);
        }
        return fits;
    }

    /** The memory has been full for long enough, if whoever is first waits for it, and not for the disk. */
    private void spill() {
        Aftermath aftermath;
        lock.lock();
        try {
            spillTimerSet = false;
            Put first = gate.firstWaiting();
            if (first == null || !room.maySpillFor(first)) {
                return;
            }
            room.spill();
            aftermath = gate.roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    @Override
    public void enter(Put put) {
        if (room.sideFor(put) == SpillRoom.Side.OVERFLOW) {
            room.occupy(put, SpillRoom.Side.OVERFLOW);
            toOverflow.put(put, runs.addToOverflow(put.events()));
            return;
        }
        room.occupy(put, SpillRoom.Side.MEMORY);
        put.batches().forEach(runs::addToMemory);
        shared.eventsCame();
        metrics.putSuccesses.inc(put.events());
    }

    /** What goes to memory is there since {@link #enter}. */
    @Override
    public boolean entered(Put put) {
        Runs.Run run = shared.read(() -> toOverflow.remove(put));
        if (run == null) {
            return true;
        }
        submitToOverflow(put).whenComplete((done, failure) -> settle(put, run, failure));
        return false;
    }

    /** What is thrown, such as for want of memory, is an outcome too: all that comes behind the put waits for one. */
    private CompletableFuture<Void> submitToOverflow(Put put) {
        try {
            EventBatch batch = put.batches().get(0);
            Channel disk = parts.requireOverflow().channel();
            return put.moreFollows() ? disk.submitUnflushed(batch) : disk.submit(batch);
        } catch (RuntimeException | Error e) {
            String why = "channel " + parts.name() + ": the overflow did not take a put: " + e;
            return CompletableFuture.failedFuture(new ChannelException(why, e));
        }
    }

    private void settle(Put put, Runs.Run run, @Nullable Throwable failure) {
        Aftermath aftermath = null;
        lock.lock();
        try {
            runs.settled(run, put.events(), failure == null);
            if (failure == null) {
                metrics.putSuccesses.inc(put.events());
            } else {
                room.freeOverflow(put.events());
                aftermath = gate.roomChanged();
            }
            shared.eventsCame();
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            put.settled().complete(null);
        } else {
            put.settled().completeExceptionally(failure);
        }
        if (aftermath != null) {
            aftermath.run();
        }
    }

    @Override
    public boolean isHigh() {
        return room.isHigh();
    }

    @Override
    public boolean isLow() {
        return room.isLow();
    }

    @Override
    public String shortage(Put put) {
        return room.shortage(put);
    }

    /** The overflow takes a put as a whole, and tells whether it ever can, only as one batch. Takes the put over. */
    private static Put ofOneBatch(Put put) {
        if (put.batches().size() == 1) {
            return put;
        }
        try (EventBatchBuilder all = new EventBatchBuilder()) {
            for (EventBatch batch : put.batches()) {
                EventReader event = batch.reader();
                while (event.next()) {
                    all.add(event);
                }
            }
            return new Put(List.of(all.build()));
        } finally {
            put.release();
        }
    }
}
