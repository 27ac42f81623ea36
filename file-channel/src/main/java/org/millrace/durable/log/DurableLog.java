package org.millrace.durable.log;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.LockedException;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A log in one or more directories, written in groups by one thread and kept supplied with slots by another. Thread-safe. */
public final class DurableLog implements Log {
    private static final Logger LOG = LoggerFactory.getLogger(DurableLog.class);

    /** What sinks attach to the positions takes up to half of a segment, and a group must find room behind it. */
    public static final int LEAST_GROUPS = 4;

    private final LogSettings settings;
    private final Recovered recovered;
    private final LogState recoveredState;
    private final Segments segments;
    private final SenderIds senders;
    private final Locks locks;
    private final WriteMetrics metrics;
    private final LogStatus status;
    private final StateChanges changes = new StateChanges();
    private final Intake intake;
    private final SlotPool pool;
    private final LogTail tail;
    private final LogWriter writer;
    private final SlotKeeper keeper;
    private final Thread writerThread;
    private final Thread keeperThread;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DurableLog(
            LogSettings settings,
            List<Storage> directories,
            Locks locks,
            Recovered recovered,
            LogState state,
            ChannelMetrics channelMetrics,
            InstantSource clock,
            SlotPool.Patience patience) {
        this.settings = settings;
        this.recovered = recovered;
        this.recoveredState = state.copy();
        this.segments = recovered.segments();
        this.locks = locks;
        metrics = new WriteMetrics(channelMetrics);
        status = new LogStatus(settings.name(), patience);
        int mostGroupBytes = (int)
                Math.min(settings.mostGroupBytes(), settings.segmentBytes() / LEAST_GROUPS); // beside the positions
        intake = new Intake(
                Math.min(settings.leastGroupBytes(), mostGroupBytes), mostGroupBytes, recovered.endSequence());
        pool = new SlotPool(settings, directories, recovered.free(), patience);
        keeper = new SlotKeeper(settings, pool, segments, status, clock);
        GroupSealer sealer = new GroupSealer(mostGroupBytes + 2 * GroupBuffer.POSITIONS_ROOM_BYTES);
        UUID senderId = UUID.randomUUID();
        senders = SenderIds.of(recovered.segments().all()).and(recovered.endSequence(), senderId);
        FreshSegments fresh =
                new FreshSegments(settings, recovered.logId(), senderId, recovered.nextNumber(), sealer, clock);
        tail = new LogTail(settings, pool, keeper, fresh, metrics);
        writer = new LogWriter(
                settings, intake, changes, status, tail, keeper, metrics, state, recovered.endSequence(), clock);
        writerThread = daemon(writer, settings, "disk");
        keeperThread = daemon(keeper, settings, "segments");
    }

    private static Thread daemon(Runnable task, LogSettings settings, String role) {
        Thread thread = new Thread(task, settings.name() + "-" + role);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Opens the log in these directories, or makes one. What can be served is served: a disk that fails or is full shows in {@link #trouble}
     * and {@link #isFull}.
     *
     * <p>A thread of the log's own does it, since an interrupt closes a file that is being written: whoever waits here may be interrupted, and
     * stays so, and the log is opened all the same.
     *
     * @param directories the same ones as the last time, in any order
     * @param readers names, at least one; those without a position get the oldest one that is needed, those that are not named lose theirs
     * @param clock for the age of things, not for waiting
     * @throws IOException if the directories are not those of this log, or do not answer at all
     */
    public static DurableLog open(
            LogSettings settings,
            List<Storage> directories,
            List<String> readers,
            ChannelMetrics metrics,
            InstantSource clock)
            throws IOException, LockedException {
        return open(settings, directories, readers, metrics, clock, SlotPool.Patience.USUAL);
    }

    static DurableLog open(
            LogSettings settings,
            List<Storage> directories,
            List<String> readers,
            ChannelMetrics metrics,
            InstantSource clock,
            SlotPool.Patience patience)
            throws IOException, LockedException {
        CompletableFuture<DurableLog> opened = new CompletableFuture<>();
        Thread thread = daemon(
                () -> {
                    try {
                        opened.complete(openHere(settings, directories, readers, metrics, clock, patience));
                    } catch (IOException | LockedException | RuntimeException | Error e) {
                        opened.completeExceptionally(e);
                    }
                },
                settings,
                "start");
        thread.start();
        try {
            return opened.join();
        } catch (CompletionException e) {
            throw unwrapped(e);
        }
    }

    private static RuntimeException unwrapped(CompletionException e) throws IOException, LockedException {
        Throwable cause = e.getCause();
        if (cause instanceof IOException failure) {
            throw failure;
        }
        if (cause instanceof LockedException locked) {
            throw locked;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException mistake ? mistake : e;
    }

    private static DurableLog openHere(
            LogSettings settings,
            List<Storage> directories,
            List<String> readers,
            ChannelMetrics metrics,
            InstantSource clock,
            SlotPool.Patience patience)
            throws IOException, LockedException {
        DurableLog log = unstarted(settings, directories, readers, metrics, clock, patience);
        try {
            log.keeperThread.start();
            log.writer.begin();
            log.writerThread.start();
            return log;
        } catch (RuntimeException | Error e) {
            log.close();
            throw e;
        }
    }

    /** A log that does nothing by itself: somebody else must run its {@link #writer} and {@link #keeper}. */
    static DurableLog unstarted(
            LogSettings settings,
            List<Storage> directories,
            List<String> readers,
            ChannelMetrics metrics,
            InstantSource clock,
            SlotPool.Patience patience)
            throws IOException, LockedException {
        Locks locks = Locks.acquire(directories);
        try {
            Recovered recovered = Recovery.recover(settings, directories, clock);
            LogState state = recovered.state().copy();
            setReaders(settings, state, readers, oldestSequence(recovered));
            return new DurableLog(settings, directories, locks, recovered, state, metrics, clock, patience);
        } catch (IOException | RuntimeException | Error e) {
            locks.close();
            throw e;
        }
    }

    private static long oldestSequence(Recovered recovered) {
        Segment oldest = recovered.segments().oldest();
        return oldest == null ? recovered.endSequence() : oldest.firstSequence();
    }

    /**
     * Who is new starts at the oldest event that somebody still needs.
     *
     * @param oldest where to start if no position is known at all
     */
    private static void setReaders(LogSettings settings, LogState state, List<String> readers, long oldest) {
        if (readers.isEmpty()) {
            throw new IllegalArgumentException("no readers: nothing would ever be kept");
        }
        Set<String> known = state.readers();
        long start = known.isEmpty() ? oldest : state.lowestWatermark();
        for (String reader : readers) {
            state.addReader(reader, start);
        }
        for (String reader : known) {
            if (!readers.contains(reader)) {
                LOG.warn(
                        "channel {}: reader {} is not configured any more; its position, {}, is dropped",
                        settings.name(),
                        reader,
                        state.watermark(reader));
                state.removeReader(reader);
            }
        }
    }

    @Override
    public LogState recovered() {
        return recoveredState.copy();
    }

    /** Only of a log that forces each put. */
    @Override
    public @Nullable UUID senderId(long sequence) {
        return settings.durability() == Durability.ALWAYS ? senders.of(sequence) : null;
    }

    @Override
    public long recoveredEnd() {
        return recovered.endSequence();
    }

    @Override
    public long recoveredBytes(long from) throws IOException {
        return OccupiedBytes.of(segments, from, recovered.endSequence());
    }

    @Override
    public void append(Append put) {
        ChannelException refusal = tooLong(put);
        if (refusal == null) {
            refusal = status.refusal();
        }
        Intake.Entry entry = refusal == null ? intake.append(put) : Intake.Entry.REFUSED;
        if (entry == Intake.Entry.REFUSED) {
            metrics.failedPuts.inc();
            put.failed(refusal == null ? isClosed() : refusal);
        } else if (entry == Intake.Entry.GROUP_READY || !put.moreFollows()) {
            writer.wake();
        }
    }

    @Override
    public void flush() {
        writer.wake();
    }

    private ChannelException isClosed() {
        return new ChannelException("channel " + settings.name() + " is closed");
    }

    /** Refused alone: the writer, finding no place for it, would fail all puts that are in flight with it. */
    private @Nullable ChannelException tooLong(Append put) {
        if (put.encodedBytes() <= tail.mostPutBytes()) {
            return null;
        }
        String why = "channel " + settings.name() + ": a put of " + put.encodedBytes()
                + " bytes does not fit in a segment of " + settings.segmentBytes()
                + " beside the positions: raise segmentSize";
        boolean never = neverTakes(put.events(), put.encodedBytes());
        return never ? new BatchTooLargeException(why) : new ChannelException(why);
    }

    @Override
    public boolean neverTakes(int events, long encodedBytes) {
        if (encodedBytes <= tail.mostPutBytes()) {
            return false;
        }
        writer.measureHead();
        return events > 1 || encodedBytes > tail.mostPutBytesEver();
    }

    @Override
    public void commit(PositionUpdate update) {
        if (changes.add(update)) {
            writer.wake();
        }
    }

    @Override
    public void commitAndWait(PositionUpdate update) throws InterruptedException {
        StateChanges.Change change = addUrgent(update);
        CompletableFuture<@Nullable Void> written = requireNonNull(change.waiter());
        try {
            try {
                written.get();
            } catch (InterruptedException e) {
                if (changes.withdraw(change)) {
                    throw e;
                }
                Thread.currentThread().interrupt();
                written.join(); // the disk has it: what comes of that is the truth
            }
        } catch (ExecutionException | CompletionException e) {
            throw e.getCause() instanceof ChannelException why ? why : new ChannelException("commit", e);
        }
    }

    /** As {@link #commitAndWait}, for somebody who does not wait. */
    CompletableFuture<@Nullable Void> commitDurably(PositionUpdate update) {
        return requireNonNull(addUrgent(update).waiter());
    }

    private StateChanges.Change addUrgent(PositionUpdate update) {
        StateChanges.Change change = changes.addUrgent(update);
        writer.wake();
        return change;
    }

    /** What the disk thread runs. */
    LogWriter writer() {
        return writer;
    }

    /** What the thread runs that looks after the slots. */
    SlotKeeper keeper() {
        return keeper;
    }

    @Override
    public RecordReader read(long sequence) {
        return new SegmentRecordReader(segments, settings.cipher(), this::setAside, sequence);
    }

    /** A reader has come across damage. What all had committed before is missed by nobody, though it stands in the same group. */
    private void setAside(Damage damage) {
        Segment newest = segments.newest();
        long number = newest == null ? damage.segment().number() : newest.number();
        recovered.quarantine().setAside(damage.from(recoveredState.lowestWatermark()), number, changes::addLoss);
    }

    @Override
    public boolean isFull() {
        return status.isFull();
    }

    @Override
    public void onChange(Runnable action) {
        status.onChange(action);
    }

    @Override
    public @Nullable String trouble() {
        return status.trouble();
    }

    @Override
    public LogFigures figures() {
        return new LogFigures(
                segments.all().size(),
                pool.free(),
                settings.segmentBytes(),
                intake.inFlightBytes(),
                recoveredState.setAsideBytes() + changes.setAsideBytes(),
                recoveredState.lostEvents() + changes.lostEvents(),
                tail.unforcedMillis(),
                metrics.ioErrors.getCount());
    }

    /** Found by this one, at its start and since. */
    long newlyLostEvents() {
        return recovered.lostEvents() + changes.lostEvents();
    }

    /** Of damage found by this one, at its start and since. */
    long newlySetAsideBytes() {
        return recovered.setAsideBytes() + changes.setAsideBytes();
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        intake.shut();
        writer.stop();
        join(writerThread);
        changes.close(isClosed());
        pool.close();
        join(keeperThread);
        locks.close();
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // what was acked must be forced and the locks given back, come what may
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
