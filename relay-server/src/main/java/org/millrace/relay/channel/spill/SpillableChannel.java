package org.millrace.relay.channel.spill;

import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.support.Aftermath;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.KeepAliveTimer;
import org.millrace.api.support.Put;
import org.millrace.api.support.PutGate;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.codec.EventReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds events in memory, and those that find no room there in a channel on disk, the overflow; they come out in the order in which they
 * went in. A put goes to one of the two as a whole.
 *
 * <p>Thread-safe. One lock, held for a few steps per batch, as in the other channels; beside it, one that takes hold each other off while
 * they read from the disk, so that the numbers here and the overflow's events stay in step. The second is never asked for under the first.
 */
final class SpillableChannel implements Channel, Exchange<Piece> {
    private static final Logger LOG = LoggerFactory.getLogger(SpillableChannel.class);
    /** Encoded bytes of puts that wait for room, as a share of those that fit. */
    private static final int WAITING_SHARE = 8;

    private final ChannelContext context;
    private final SpillSettings settings;
    private final @Nullable Overflow overflow;
    private final KeepAliveTimer timer;
    private final ChannelMetrics metrics;
    private final PutGate gate;

    private final ReentrantLock takes = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition eventsThere = lock.newCondition();

    // Guarded by the lock:
    private final SpillRoom room;
    private final Runs runs = new Runs();
    private final IdentityHashMap<Put, Runs.Run> toOverflow = new IdentityHashMap<>();
    private final Map<String, byte[]> attached = new HashMap<>();
    private boolean spillTimerSet;
    /** Of the overflow, taken and not committed. */
    private long leasedEvents;

    /** @param overflow not started; null: nothing spills */
    SpillableChannel(
            ChannelContext context, SpillSettings settings, @Nullable Overflow overflow, KeepAliveTimer timer) {
        this.context = context;
        this.settings = settings;
        this.overflow = overflow;
        this.timer = timer;
        this.metrics = context.metrics();
        this.room = new SpillRoom(settings, context.agent() + ".channels." + context.name() + ".");
        this.gate = new PutGate(
                context.name(),
                lock,
                new Entrance(),
                settings.roomTimeout(),
                timer,
                settings.heapBytes() / WAITING_SHARE,
                metrics.counter("refusedBatches"));
    }

    @Override
    public String name() {
        return context.name();
    }

    @Override
    public int transactionCapacity() {
        return settings.transactionEvents();
    }

    @Override
    public boolean ownsDirectories() {
        return overflow != null;
    }

    @Override
    public long eventsInMemory() {
        return read(room::memoryEvents);
    }

    @Override
    public boolean outlivesAgent() {
        return false;
    }

    @Override
    public void start() throws StartException {
        long recovered = 0;
        if (overflow != null) {
            overflow.channel().start();
            recovered = overflow.events();
            overflow.showFigures(metrics);
        }
        lock.lock();
        try {
            runs.recovered(recovered);
            room.recovered(recovered);
            gate.open();
        } finally {
            lock.unlock();
        }
        metrics.fill(() -> read(() -> room.memoryEvents() + room.overflowEvents()), settings.capacity());
        metrics.gauge("memoryEvents", () -> read(room::memoryEvents));
        metrics.gauge("overflowEvents", () -> read(room::overflowEvents));
        metrics.gauge("spilling", () -> read(room::isSpilling) ? 1 : 0);
        metrics.gauge("waitingPuts", () -> read(gate::waiting));
        metrics.started(context.clock().instant());
        LOG.info(
                "channel {} started: up to {} events in memory and {} on disk, where there are {}",
                name(),
                settings.memoryEvents(),
                settings.overflowEvents(),
                recovered);
    }

    @Override
    public void close() {
        if (!gate.close()) {
            return;
        }
        long lost;
        lock.lock();
        try {
            lost = runs.releaseAll();
            eventsThere.signalAll();
        } finally {
            lock.unlock();
        }
        if (overflow != null) {
            overflow.channel().close();
        }
        metrics.stopped(context.clock().instant());
        if (lost > 0) {
            LOG.warn("channel {} stopped: {} events were in memory and are lost", name(), lost);
        } else {
            LOG.info("channel {} stopped: its memory was empty", name());
        }
    }

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        return submit(new Put(List.of(batch)));
    }

    @Override
    public CompletableFuture<Void> submitUnflushed(EventBatch batch) {
        return submit(new Put(List.of(batch), true));
    }

    private CompletableFuture<Void> submit(Put put) {
        metrics.putAttempts.inc(put.events());
        return gate.submit(put);
    }

    @Override
    public void flush() {
        if (overflow != null) {
            overflow.channel().flush();
        }
    }

    @Override
    public void putAndWait(Put put) throws InterruptedException {
        metrics.putAttempts.inc(put.events());
        gate.putAndWait(put);
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
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (gate.isOpen() && runs.head() == null) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = eventsThere.awaitNanos(nanos);
            }
            if (!gate.isOpen()) {
                throw new ChannelException("channel " + name() + " is closed");
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Piece takeHead(int maxEvents) {
        takes.lock();
        try {
            Piece taken = take(maxEvents);
            metrics.takeAttempts.inc(taken == null ? 1 : taken.batch().events());
            return taken;
        } finally {
            takes.unlock();
        }
    }

    /** Under the lock of takes. */
    private @Nullable Piece take(int maxEvents) {
        while (true) {
            Runs.Run head;
            lock.lock();
            try {
                head = runs.head();
                if (head == null) {
                    return null;
                }
                EventBatch batch = head.batch();
                if (batch != null) {
                    return runs.takeFromMemory(head, batch, maxEvents);
                }
            } finally {
                lock.unlock();
            }
            Piece piece = takeFromOverflow(head, maxEvents);
            if (piece != null || !isLost(head)) {
                return piece;
            }
        }
    }

    /** The overflow gives nothing of a run: if it has nothing but what sinks have taken, the run is gone, and taken out here. */
    private boolean isLost(Runs.Run head) {
        long inOverflow = overflow().events();
        long lost;
        lock.lock();
        try {
            lost = head.events();
            if (!gate.isOpen() || inOverflow > leasedEvents) {
                return false;
            }
            runs.takenFromOverflow(head, lost);
            room.freeOverflow(lost);
        } finally {
            lock.unlock();
        }
        LOG.error("channel {}: {} events on disk are lost; what follows them is served", name(), lost);
        return true;
    }

    /** Null if the overflow gives none. */
    private @Nullable Piece takeFromOverflow(Runs.Run head, int maxEvents) {
        Channel disk = overflow().channel();
        long there = read(head::events);
        Transaction transaction = disk.begin();
        EventBatch batch = null;
        try {
            batch = transaction.take((int) Math.min(maxEvents, there));
        } finally {
            if (batch == null) {
                transaction.close();
            }
        }
        lock.lock();
        try {
            if (batch == null) {
                return null;
            }
            long first = runs.takenFromOverflow(head, batch.events());
            leasedEvents += batch.events();
            return new Piece(batch.retain(), first, new Lease(disk, transaction, batch.events()), 0);
        } finally {
            lock.unlock();
        }
    }

    private Overflow overflow() {
        if (overflow == null) {
            throw new IllegalStateException("channel " + name() + " has no overflow");
        }
        return overflow;
    }

    @Override
    public byte @Nullable [] attached(String owner) {
        byte[] state = read(() -> attached.get(owner));
        return state == null ? null : state.clone();
    }

    @Override
    public Piece part(Piece whole, int skipped, EventBatch part) {
        return whole.part(skipped, part);
    }

    @Override
    public void forget(List<Piece> delivered, Map<String, byte[]> toAttach, boolean durably)
            throws InterruptedException {
        commitOverflow(delivered, durably);
        int events = 0;
        Aftermath aftermath;
        lock.lock();
        try {
            for (Piece piece : delivered) {
                events += piece.batch().events();
                free(piece);
            }
            attached.putAll(toAttach);
            aftermath = gate.roomChanged();
        } finally {
            lock.unlock();
        }
        metrics.takeSuccesses.inc(events);
        aftermath.run();
    }

    /** All that is the overflow's in one commit. If it fails, each of them is still taken, and can be put back. */
    private void commitOverflow(List<Piece> delivered, boolean durably) throws InterruptedException {
        List<Piece> leased =
                delivered.stream().filter(piece -> piece.lease() != null).toList();
        if (leased.isEmpty()) {
            return;
        }
        Channel disk = overflow().channel();
        Transaction together = disk.begin();
        int events = leased.stream().mapToInt(piece -> piece.batch().events()).sum();
        Lease lease = new Lease(disk, together, events);
        int offset = 0;
        for (Piece piece : leased) {
            piece.moveTo(lease, together, offset);
            offset += piece.batch().events();
        }
        if (durably) {
            together.commitDurably();
        } else {
            together.commit();
        }
        together.close();
    }

    /** Under the lock. */
    private void free(Piece piece) {
        EventBatch batch = piece.batch();
        if (piece.lease() == null) {
            room.freeMemory(batch.events(), batch.bodyBytes(), batch.encodedBytes());
        } else {
            room.freeOverflow(batch.events());
            leasedEvents -= batch.events();
        }
    }

    @Override
    public void putBack(List<Piece> taken) {
        int lost = 0;
        takes.lock();
        try {
            taken.forEach(Piece::giveBack);
            lock.lock();
            try {
                for (Piece piece : taken) {
                    lost += putBack(piece);
                }
                eventsThere.signalAll();
            } finally {
                lock.unlock();
            }
        } finally {
            takes.unlock();
        }
        if (lost > 0) {
            LOG.warn("channel {} had stopped when {} events came back: they are lost", name(), lost);
        }
    }

    /**
     * Under the lock.
     *
     * @return how many events are lost
     */
    private int putBack(Piece piece) {
        if (gate.isOpen()) {
            leasedEvents -= piece.lease() == null ? 0 : piece.batch().events();
            runs.putBack(piece);
            return 0;
        }
        int lost = piece.lease() == null ? piece.batch().events() : 0;
        piece.batch().release();
        return lost;
    }

    /** The memory has been full for long enough. */
    private void spill() {
        Aftermath aftermath;
        lock.lock();
        try {
            spillTimerSet = false;
            if (gate.waiting() == 0 || room.isSpilling()) {
                return;
            }
            room.spill();
            aftermath = gate.roomChanged();
        } finally {
            lock.unlock();
        }
        aftermath.run();
    }

    private <T> T read(Supplier<T> figure) {
        lock.lock();
        try {
            return figure.get();
        } finally {
            lock.unlock();
        }
    }

    /** What the gate asks about room, and where it lets puts in. */
    private final class Entrance implements PutGate.Room {
        @Override
        public @Nullable String neverFits(Put put) {
            return room.neverFits(put);
        }

        @Override
        public boolean fits(Put put) {
            boolean fits = room.sideFor(put) != null;
            if (!fits && settings.canSpill() && !room.isSpilling() && !spillTimerSet) {
                spillTimerSet = true;
                timer.runAfter(settings.overflowTimeout().toNanos(), SpillableChannel.this::spill);
            }
            return fits;
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
            eventsThere.signalAll(); // all: the one that is woken first may be a sink that fails
            metrics.putSuccesses.inc(put.events());
        }

        /** What goes to memory is there since {@link #enter}. */
        @Override
        public boolean entered(Put put) {
            Runs.Run run = read(() -> toOverflow.remove(put));
            if (run == null) {
                return true;
            }
            EventBatch batch = oneBatch(put.batches());
            Channel disk = overflow().channel();
            CompletableFuture<Void> stored = put.moreFollows() ? disk.submitUnflushed(batch) : disk.submit(batch);
            stored.whenComplete((done, failure) -> settle(put, run, failure));
            return false;
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
                eventsThere.signalAll();
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
    }

    /** The overflow takes a put as a whole only as one batch. Takes them over. */
    private static EventBatch oneBatch(List<EventBatch> batches) {
        if (batches.size() == 1) {
            return batches.get(0);
        }
        try (EventBatchBuilder all = new EventBatchBuilder()) {
            for (EventBatch batch : batches) {
                EventReader event = batch.reader();
                while (event.next()) {
                    all.add(event);
                }
                batch.release();
            }
            return all.build();
        }
    }
}
