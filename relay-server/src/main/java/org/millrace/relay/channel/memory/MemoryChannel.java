package org.millrace.relay.channel.memory;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelFullException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps batches in a queue as they came. Room is counted in events and bytes; what a sink has taken takes up room until it commits.
 * A put that finds none waits its turn, for the keep-alive at most.
 *
 * <p>Thread-safe: one lock, held for a few steps per batch; futures are completed and listeners called without it.
 */
final class MemoryChannel implements Channel {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryChannel.class);
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final ChannelContext context;
    private final MemoryLimits limits;
    private final KeepAliveTimer timer;
    private final ChannelMetrics metrics;
    private final Counter refused;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition eventsThere = lock.newCondition();

    // Guarded by the lock:
    private final Room room;
    private final WaitingPuts waiting;
    private final StoredBatches stored = new StoredBatches();
    private final List<Runnable> roomListeners = new ArrayList<>();
    private final Map<String, byte[]> attached = new HashMap<>();
    private boolean open;
    /** A task of the timer is to come. */
    private boolean timerSet;

    /** Written under the lock; a source looks at it before each read. */
    private volatile boolean hasRoom = true;

    MemoryChannel(ChannelContext context, MemoryLimits limits, KeepAliveTimer timer) {
        this.context = context;
        this.limits = limits;
        this.timer = timer;
        this.metrics = context.metrics();
        this.refused = metrics.counter("refusedBatches");
        this.room = new Room(context.agent() + ".channels." + context.name() + ".", limits);
        this.waiting = new WaitingPuts(limits.heapBytes() / 8);
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
            open = true;
        } finally {
            lock.unlock();
        }
        metrics.fill(() -> read(stored::events), limits.capacity());
        metrics.gauge("bodyBytes", () -> read(room::bodyBytes));
        metrics.gauge("byteFillPercentage", () -> read(room::byteFillPercentage));
        metrics.gauge("waitingPuts", () -> read(waiting::size));
        metrics.gauge("oldestEventMillis", () -> read(this::oldestMillis));
        metrics.started(context.clock().instant());
        LOG.info(
                "channel {} started: in memory, up to {} events and {} bytes of bodies",
                name(),
                limits.capacity(),
                limits.bodyBytes());
    }

    @Override
    public void close() {
        long lost;
        Aftermath aftermath = new Aftermath();
        lock.lock();
        try {
            if (!open) {
                return;
            }
            open = false;
            lost = stored.releaseAll();
            roomListeners.clear();
            for (Put put; (put = waiting.first()) != null; waiting.removeFirst()) {
                aftermath.refuse(put, closed());
            }
            eventsThere.signalAll();
        } finally {
            lock.unlock();
        }
        timer.close();
        aftermath.run();
        metrics.stopped(context.clock().instant());
        if (lost > 0) {
            LOG.warn("channel {} stopped: {} events were in memory and are lost", name(), lost);
        } else {
            LOG.info("channel {} stopped: it was empty", name());
        }
    }

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        return put(new Put(List.of(batch)));
    }

    @Override
    public boolean hasRoom() {
        return hasRoom;
    }

    @Override
    public void onRoom(Runnable action) {
        lock.lock();
        try {
            if (!hasRoom) {
                roomListeners.add(action);
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    @Override
    public Transaction begin() {
        return new MemoryTransaction(this);
    }

    @Override
    public boolean awaitEvents(Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (open && stored.isEmpty()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = eventsThere.awaitNanos(nanos);
            }
            if (!open) {
                throw closed();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** For a thread that may block: returns once the put is in. Takes the put over. */
    void putAndWait(Put put) throws InterruptedException {
        CompletableFuture<Void> settled = put(put);
        try {
            settled.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ChannelException refusal ? refusal : new ChannelException("put", e);
        } catch (InterruptedException e) {
            if (withdraw(put)) {
                throw e;
            }
            Thread.currentThread().interrupt(); // too late: it is settled, or about to be
            settled.join();
        }
    }

    /** The oldest events, at most so many; null if there are none. The caller owns the batch and gives account of it later. */
    @Nullable
    StoredBatch takeHead(int maxEvents) {
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
    public byte @Nullable [] attached(String owner) {
        byte[] state = read(() -> attached.get(owner));
        return state == null ? null : state.clone();
    }

    /** What was taken is delivered: its room is free. The batches stay with the caller. */
    void forget(Deque<StoredBatch> delivered, Map<String, byte[]> toAttach) {
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
            attached.putAll(toAttach);
            aftermath = roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    /** What was taken stands at the head again, in its order. Takes the batches over and empties the deque. */
    void putBack(Deque<StoredBatch> taken) {
        int lost = 0;
        lock.lock();
        try {
            for (StoredBatch batch; (batch = taken.pollLast()) != null; ) {
                if (open) {
                    stored.putBack(batch);
                } else {
                    lost += batch.batch().events();
                    batch.batch().release();
                }
            }
            eventsThere.signalAll();
        } finally {
            lock.unlock();
        }
        if (lost > 0) {
            LOG.warn("channel {} had stopped when {} events came back: they are lost", name(), lost);
        }
    }

    private CompletableFuture<Void> put(Put put) {
        metrics.putAttempts.inc(put.events());
        String never = room.neverFits(put);
        RuntimeException refusal;
        lock.lock();
        try {
            if (!open) {
                refusal = closed();
            } else if (never != null) {
                refusal = new ChannelException("channel " + name() + ": " + never);
            } else if (waiting.isEmpty() && room.fits(put)) {
                store(put);
                if (hasRoom && room.isHigh()) {
                    hasRoom = false;
                }
                return DONE;
            } else if (limits.keepAlive().isZero() || !waiting.mayWait(put)) {
                refusal = full(put);
            } else {
                letWait(put);
                return put.settled();
            }
        } finally {
            lock.unlock();
        }
        refused.inc();
        put.release();
        return CompletableFuture.failedFuture(refusal);
    }

    /** Under the lock. */
    private void store(Put put) {
        room.occupy(put);
        long now = timer.nanoTime();
        boolean wasEmpty = stored.isEmpty();
        for (EventBatch batch : put.batches()) {
            stored.add(batch, now);
        }
        if (wasEmpty && !stored.isEmpty()) {
            eventsThere.signalAll(); // all: the one that is woken first may be a sink that fails
        }
        metrics.putSuccesses.inc(put.events());
    }

    /** Under the lock. */
    private void letWait(Put put) {
        put.waitUntil(timer.nanoTime() + limits.keepAlive().toNanos());
        waiting.add(put);
        hasRoom = false;
        if (!timerSet) {
            timerSet = true;
            timer.runAfter(limits.keepAlive().toNanos(), this::refuseOverdue);
        }
    }

    /** The timer's task. It may find that the put it was set for has gone in, and others wait since. */
    private void refuseOverdue() {
        Aftermath aftermath;
        lock.lock();
        try {
            List<Put> overdue = removeOverdue();
            List<ChannelFullException> reasons =
                    overdue.stream().map(this::full).toList();
            aftermath = roomChanged(); // a smaller one behind those may fit
            for (int i = 0; i < overdue.size(); i++) {
                aftermath.refuse(overdue.get(i), reasons.get(i));
            }
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    /** Under the lock. Sets the timer again for those that stay. */
    private List<Put> removeOverdue() {
        List<Put> overdue = new ArrayList<>();
        timerSet = false;
        for (Put put; (put = waiting.first()) != null; ) {
            long left = put.deadlineNanos() - timer.nanoTime();
            if (left > 0) {
                timerSet = true;
                timer.runAfter(left, this::refuseOverdue);
                break;
            }
            waiting.removeFirst();
            overdue.add(put);
        }
        refused.inc(overdue.size());
        return overdue;
    }

    /** Under the lock. Lets in who waits and fits, in order. */
    private Aftermath roomChanged() {
        Aftermath aftermath = new Aftermath();
        for (Put put; (put = waiting.first()) != null && room.fits(put); ) {
            waiting.removeFirst();
            store(put);
            aftermath.succeed(put);
        }
        if (hasRoom) {
            hasRoom = waiting.isEmpty() && !room.isHigh();
        } else if (waiting.isEmpty() && room.isLow()) {
            hasRoom = true;
            aftermath.tell(roomListeners);
            roomListeners.clear();
        }
        return aftermath;
    }

    /** Takes a put back that still waits; false if it does not. */
    private boolean withdraw(Put put) {
        Aftermath aftermath;
        lock.lock();
        try {
            if (!waiting.remove(put)) {
                return false;
            }
            aftermath = roomChanged();
        } finally {
            lock.unlock();
        }
        put.release();
        aftermath.run();
        return true;
    }

    private ChannelFullException full(Put put) {
        return new ChannelFullException("channel " + name() + " is full: " + room.shortage(put));
    }

    private ChannelException closed() {
        return new ChannelException("channel " + name() + " is closed");
    }

    private long oldestMillis() {
        StoredBatch oldest = stored.oldest();
        return oldest == null ? 0 : TimeUnit.NANOSECONDS.toMillis(timer.nanoTime() - oldest.arrivedNanos());
    }

    private <T> T read(Supplier<T> figure) {
        lock.lock();
        try {
            return figure.get();
        } finally {
            lock.unlock();
        }
    }
}
