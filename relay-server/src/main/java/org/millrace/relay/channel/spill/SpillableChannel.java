package org.millrace.relay.channel.spill;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.KeepAliveTimer;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.ChannelLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds events in memory, and those that find no room there in a channel on disk, the overflow; they come out in the order in which they
 * went in. {@link SpillEntrance} is the way in, {@link SpillOutlet} the way out. Thread-safe.
 */
final class SpillableChannel implements Channel {
    private static final Logger LOG = LoggerFactory.getLogger(SpillableChannel.class);

    private final ChannelContext context;
    private final SpillSettings settings;
    private final @Nullable Overflow overflow;
    private final ChannelMetrics metrics;
    private final ChannelLock shared;
    private final ReentrantLock lock;
    private final SpillEntrance entrance;
    private final SpillOutlet outlet;

    // Guarded by the lock:
    private final SpillRoom room;
    private final Runs runs = new Runs();

    /** @param overflow not started; null: nothing spills */
    SpillableChannel(
            ChannelContext context, SpillSettings settings, @Nullable Overflow overflow, KeepAliveTimer timer) {
        this.context = context;
        this.settings = settings;
        this.overflow = overflow;
        this.metrics = context.metrics();
        this.shared = new ChannelLock(context.name());
        this.lock = shared.lock();
        this.room = new SpillRoom(
                settings,
                context.agent() + ".channels." + context.name() + ".",
                overflow == null ? null : overflow.channel());
        SpillParts parts = new SpillParts(context, settings, overflow, shared, room, runs);
        this.entrance = new SpillEntrance(parts, timer);
        this.outlet = new SpillOutlet(parts, entrance);
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
        return shared.read(room::memoryEvents);
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
            entrance.gate().open();
        } finally {
            lock.unlock();
        }
        metrics.fill(() -> shared.read(() -> room.memoryEvents() + room.overflowEvents()), settings.capacity());
        metrics.gauge("memoryEvents", () -> shared.read(room::memoryEvents));
        metrics.gauge("overflowEvents", () -> shared.read(room::overflowEvents));
        metrics.gauge("spilling", () -> shared.read(room::isSpilling) ? 1 : 0);
        metrics.gauge("waitingPuts", () -> shared.read(entrance.gate()::waiting));
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
        if (!entrance.gate().close()) {
            return;
        }
        long lost;
        lock.lock();
        try {
            lost = runs.releaseAll();
            shared.eventsCame();
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
        return entrance.submit(new Put(List.of(batch)));
    }

    @Override
    public CompletableFuture<Void> submitUnflushed(EventBatch batch) {
        return entrance.submit(new Put(List.of(batch), true));
    }

    @Override
    public void flush() {
        if (overflow != null) {
            overflow.channel().flush();
        }
    }

    @Override
    public @Nullable String neverFits(EventBatch batch) {
        return entrance.gate().neverFits(batch);
    }

    @Override
    public boolean hasRoom() {
        return entrance.gate().hasRoom();
    }

    @Override
    public void onRoom(Runnable action) {
        entrance.gate().onRoom(action);
    }

    @Override
    public Transaction begin() {
        return new ChannelTransaction<>(outlet);
    }

    @Override
    public boolean awaitEvents(Duration timeout) throws InterruptedException {
        return shared.awaitEvents(timeout, entrance.gate()::isOpen, outlet::isEmpty);
    }

    @Override
    public byte @Nullable [] attached(String owner) {
        return shared.attached(owner);
    }
}
