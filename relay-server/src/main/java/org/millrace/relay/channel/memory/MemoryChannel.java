package org.millrace.relay.channel.memory;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.api.support.Aftermath;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.KeepAliveTimer;
import org.millrace.api.support.Put;
import org.millrace.api.support.PutGate;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.ChannelLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps batches in a queue as they came. Room is counted in events and bytes; what a sink has taken takes up room until it commits.
 * A put that finds none waits its turn, for the keep-alive at most.
 *
 * <p>Thread-safe: one lock, held for a few steps per batch; see {@link ChannelLock}.
 */
final class MemoryChannel implements Channel, Exchange<StoredBatch> {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryChannel.class);

    private final ChannelContext context;
    private final MemoryLimits limits;
    private final KeepAliveTimer timer;
    private final ChannelMetrics metrics;
    private final PutGate gate;

    private final ChannelLock shared;
    private final ReentrantLock lock;

    // Guarded by the lock:
    private final Room room;
    private final StoredBatches stored = new StoredBatches();

    MemoryChannel(ChannelContext context, MemoryLimits limits, KeepAliveTimer timer) {
        this.context = context;
        this.limits = limits;
        this.timer = timer;
        this.metrics = context.metrics();
        this.shared = new ChannelLock(context.name());
        this.lock = shared.lock();
        this.room = new Room(context.agent() + ".channels." + context.name() + ".", limits);
        this.gate = new PutGate(
                context.name(),
                lock,
                new Entrance(),
                limits.room().keepAlive(),
                timer,
                limits.bytes().heapBytes() / 8,
                metrics.counter("refusedBatches"));
    }

    @Override
    public String name() {
        return context.name();
    }

    @Override
    public int transactionCapacity() {
        return limits.transactionCapacity();
    }

    @Override
    public void start() {
        lock.lock();
        try {
            gate.open();
        } finally {
            lock.unlock();
        }
        metrics.fill(() -> shared.read(stored::events), limits.capacity());
        metrics.gauge("bodyBytes", () -> shared.read(room::bodyBytes));
        metrics.gauge("byteFillPercentage", () -> shared.read(room::byteFillPercentage));
        metrics.gauge("waitingPuts", () -> shared.read(gate::waiting));
        metrics.gauge("oldestEventMillis", () -> shared.read(this::oldestMillis));
        metrics.started(context.clock().instant());
        LOG.info(
                "channel {} started: in memory, up to {} events and {} bytes of bodies",
                name(),
                limits.capacity(),
                limits.bytes().bodyBytes());
    }

    @Override
    public void close() {
        if (!gate.close()) {
            return;
        }
        long lost;
        lock.lock();
        try {
            lost = stored.releaseAll();
            shared.eventsCame();
        } finally {
            lock.unlock();
        }
        metrics.stopped(context.clock().instant());
        if (lost > 0) {
            LOG.warn("channel {} stopped: {} events were in memory and are lost", name(), lost);
        } else {
            LOG.info("channel {} stopped: it was empty", name());
        }
    }

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        metrics.putAttempts.inc(batch.events());
        return gate.submit(new Put(List.of(batch)));
    }

    @Override
    public @Nullable String neverFits(EventBatch batch) {
        return gate.neverFits(batch);
    }

    @Override
    public boolean hasRoom() {
        return gate.hasRoom();
    }

    @Override
    public void onRoom(Runnable action) {
        gate.onRoom(action);
    }

    @Override
    public Transaction begin() {
        return new ChannelTransaction<>(this);
    }

    @Override
    public boolean awaitEvents(Duration timeout) throws InterruptedException {
        return shared.awaitEvents(timeout, gate::isOpen, stored::isEmpty);
    }

    @Override
    public void putAndWait(Put put) throws InterruptedException {
        metrics.putAttempts.inc(put.events());
        gate.putAndWait(put);
    }

    @Override
    public @Nullable StoredBatch takeHead(int maxEvents) {
        StoredBatch head;
        lock.lock();
        try {
            head = stored.take(maxEvents);
        } finally {
            lock.unlock();
        }
        metrics.takeAttempts.inc(head == null ? 1 : head.batch().events());
        return head;
    }

    @Override
    public long eventsInMemory() {
        return shared.read(room::events);
    }

    @Override
    public boolean outlivesAgent() {
        return false;
    }

    @Override
    public byte @Nullable [] attached(String owner) {
        return shared.attached(owner);
    }

    @Override
    public StoredBatch part(StoredBatch whole, int skipped, EventBatch part) {
        return whole.part(skipped, part);
    }

    @Override
    public void forget(List<StoredBatch> delivered, Map<String, byte[]> toAttach, boolean durably) {
        int events = 0;
        long bodyBytes = 0;
        long encodedBytes = 0;
        for (StoredBatch batch : delivered) {
            events += batch.batch().events();
            bodyBytes += batch.batch().bodyBytes();
            encodedBytes += batch.batch().encodedBytes();
        }
        metrics.takeSuccesses.inc(events);
        Aftermath aftermath;
        lock.lock();
        try {
            room.free(events, bodyBytes, encodedBytes);
            shared.attach(toAttach);
            aftermath = gate.roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    @Override
    public void putBack(List<StoredBatch> taken) {
        int lost = 0;
        lock.lock();
        try {
            for (StoredBatch batch : taken) {
                if (gate.isOpen()) {
                    stored.putBack(batch);
                } else {
                    lost += batch.batch().events();
                    batch.batch().release();
                }
            }
            shared.eventsCame();
        } finally {
            lock.unlock();
        }
        if (lost > 0) {
            LOG.warn("channel {} had stopped when {} events came back: they are lost", name(), lost);
        }
    }

    private long oldestMillis() {
        StoredBatch oldest = stored.oldest();
        return oldest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(timer.nanoTime() - oldest.arrivedNanos());
    }

    /** What the gate asks about room, and where it lets puts in. */
    private final class Entrance implements PutGate.Room {
        @Override
        public @Nullable String neverFits(Put put) {
            return room.neverFits(put);
        }

        @Override
        public boolean fits(Put put) {
            return room.fits(put);
        }

        @Override
        public void enter(Put put) {
            room.occupy(put);
            long now = timer.nanoTime();
            boolean wasEmpty = stored.isEmpty();
            for (EventBatch batch : put.batches()) {
                stored.add(batch, now);
            }
            if (wasEmpty && !stored.isEmpty()) {
                shared.eventsCame();
            }
            metrics.putSuccesses.inc(put.events());
        }

        /** It is in memory since {@link #enter}. */
        @Override
        public boolean entered(Put put) {
            return true;
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
    }
}
