package org.millrace.durable;

import static java.util.Objects.requireNonNull;

import com.codahale.metrics.Counter;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.KeepAliveTimer;
import org.millrace.api.support.Put;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import org.millrace.durable.log.Log;
import org.millrace.durable.log.RecordReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps events in a log on disk: a put is acked once the log says that it is safe, and readers get it from memory as long as they keep
 * up, from the disk otherwise. Room is counted in events and bytes; an event takes up room until all readers have committed it.
 *
 * <p>Thread-safe: one lock, held for a few steps per batch. The disk is never touched, no future completed and no listener called
 * while it is held.
 */
final class DurableChannel implements Channel {
    /** The reader of a channel that names none. */
    static final String ONLY_READER = "default";

    private static final Logger LOG = LoggerFactory.getLogger(DurableChannel.class);

    private final ChannelContext context;
    private final ChannelLimits limits;
    private final List<String> namedReaders;
    private final LogOpener opener;
    private final ChannelMetrics metrics;
    private final Map<String, DurableReader> outlets = new LinkedHashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final LogReaders readers = new LogReaders(lock);
    private final LogEntrance entrance;
    private final ChannelParts parts;
    private final ChannelFigures figures;

    /** Null before the start and after the close. */
    private volatile @Nullable OpenLog open;

    /**
     * @param namedReaders none: the channel itself is the only reader
     * @param waitForPositions whether a commit of what was taken waits until the position is as safe as a put
     */
    DurableChannel(
            ChannelContext context,
            ChannelLimits limits,
            List<String> namedReaders,
            boolean waitForPositions,
            LogOpener opener,
            KeepAliveTimer timer) {
        this.context = context;
        this.limits = limits;
        this.namedReaders = namedReaders;
        this.opener = opener;
        this.metrics = context.metrics();
        Counter putErrors = metrics.flumeCounter("EventPutErrorCount");
        Counter takeErrors = metrics.flumeCounter("EventTakeErrorCount");
        this.entrance = new LogEntrance(context, limits, lock, timer, readers, putErrors);
        this.parts = new ChannelParts(context, limits, lock, readers, entrance, takeErrors, waitForPositions);
        this.figures = new ChannelFigures(parts);
        for (String reader : allReaders()) {
            String name = namedReaders.isEmpty() ? context.name() : context.name() + "/" + reader;
            outlets.put(reader, new DurableReader(reader, name, parts));
        }
    }

    private List<String> allReaders() {
        return namedReaders.isEmpty() ? List.of(ONLY_READER) : namedReaders;
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
    public boolean isDurable() {
        return true;
    }

    @Override
    public void start() throws StartException {
        Log log = opener.open();
        try {
            start(log);
        } catch (RuntimeException | Error e) {
            readers.close();
            log.close();
            throw e;
        }
    }

    private void start(Log log) {
        LogState recovered = log.recovered();
        OpenLog opened = new OpenLog(
                log,
                new Backlog(allReaders(), recovered, log.recoveredEnd()),
                new TailCache(limits.cacheBytes(), limits.cacheShare()),
                new ArrivalTimes(),
                new Attachments(limits.mostAttachedBytes(), recovered));
        lookAtBacklog(opened);
        figures.show(opened, allReaders());
        lock.lock();
        try {
            open = opened;
            readers.open(opened, allReaders(), this::lost);
            entrance.open(opened);
        } finally {
            lock.unlock();
        }
        log.onChange(entrance::roomChanged);
        entrance.roomChanged(); // what was recovered may fill it
        metrics.started(context.clock().instant());
        LOG.info(
                "channel {} started: {} events are in it, of up to {}; {}",
                name(),
                eventsIn(opened),
                limits.capacity(),
                opener.description());
        limits.cacheShare().join();
    }

    /** The files tell how large the backlog is, its oldest event how old. A disk that does not answer now is asked again later. */
    private void lookAtBacklog(OpenLog opened) {
        Backlog backlog = opened.backlog();
        if (backlog.events() == 0) {
            return;
        }
        double bodyShare = 1;
        try (RecordReader reader = opened.log().read(backlog.lowestWatermark())) {
            if (reader.next(backlog.end()) instanceof RecordReader.Stored oldest) {
                EventBatch batch = oldest.batch();
                opened.times().arrived(oldest.sequence(), oldest.epochMillis());
                bodyShare = (double) batch.bodyBytes() / batch.encodedBytes();
                batch.release();
            }
        } catch (IOException e) {
            LOG.warn("channel {}: the oldest event cannot be read yet: {}", name(), e.toString());
        }
        try {
            backlog.recoveredBytes(opened.log().recoveredBytes(backlog.lowestWatermark()), bodyShare);
        } catch (IOException e) {
            LOG.warn("channel {}: how many bytes its events take is not known yet: {}", name(), e.toString());
        }
    }

    @Override
    public void close() {
        OpenLog closing = open;
        if (closing == null || !entrance.gate().close()) {
            return;
        }
        readers.close();
        closing.log().close(); // what is on its way is settled by this
        limits.cacheShare().leave();
        open = null;
        metrics.stopped(context.clock().instant());
        LOG.info("channel {} stopped: {} events remain in it", name(), eventsIn(closing));
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
    public CompletableFuture<Void> submitUnflushed(EventBatch batch, Origin origin) {
        return entrance.submitUnflushed(batch, origin);
    }

    @Override
    public void flush() {
        OpenLog opened = open;
        if (opened != null) {
            opened.log().flush();
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
    public List<String> readerNames() {
        return namedReaders;
    }

    @Override
    public ChannelReader reader(String name) {
        DurableReader reader = namedReaders.isEmpty() ? null : outlets.get(name);
        if (reader == null) {
            throw new IllegalArgumentException("channel " + name() + " has no reader " + name);
        }
        return reader;
    }

    /** Takes only where the channel itself is the reader. */
    @Override
    public Transaction begin() {
        return namedReaders.isEmpty() ? onlyReader().begin() : new ChannelTransaction<>(new PutsOnly(parts));
    }

    @Override
    public boolean awaitEvents(Duration timeout) throws InterruptedException {
        return onlyReader().awaitEvents(timeout);
    }

    @Override
    public byte @Nullable [] attached(String owner) {
        return onlyReader().attached(owner);
    }

    private long eventsIn(OpenLog of) {
        lock.lock();
        try {
            return of.backlog().events();
        } finally {
            lock.unlock();
        }
    }

    private DurableReader onlyReader() {
        DurableReader only = outlets.get(ONLY_READER);
        if (only == null || !namedReaders.isEmpty()) {
            throw new IllegalStateException("channel " + name() + " is taken from through its readers");
        }
        return only;
    }

    private void lost(String reader, EventRange events, String why) {
        LOG.error(
                "channel {}: {} events are lost, {} to {}, and reader {} goes on behind them: {}",
                name(),
                events.events(),
                events.from(),
                events.to() - 1,
                reader,
                why);
        figures.skipped(events.events());
        requireNonNull(outlets.get(reader)).skip(events);
    }
}
