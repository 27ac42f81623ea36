package org.millrace.durable.log;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.codec.Origin;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdates;
import org.millrace.durable.format.RecordType;
import org.millrace.durable.log.StateChanges.Changes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk thread: fetches the oldest group, has it written and forced, answers its puts; then the next one, which has collected
 * meanwhile. If a group cannot be written, all puts in flight fail, and their sequences are given again: nothing is ever acked, or read,
 * that stands behind a hole. All state is that thread's but for what is volatile.
 */
final class LogWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    /** Then close() does not wait any longer. */
    private static final int MOST_MISTAKES_AT_END = 3;

    private final LogSettings settings;
    private final Intake intake;
    private final StateChanges changes;
    private final LogStatus status;
    private final LogTail tail;
    private final SlotKeeper keeper;
    private final WriteMetrics metrics;
    private final InstantSource clock;
    /** As it is on disk, or will be: never with what somebody waits for and has not got. */
    private LogState state;

    /** Fetched and not answered. */
    private @Nullable GroupBuffer inHand;
    /** Behind the last event that has been answered as durable. */
    private long endSequence;
    /** Part of {@link #state} is on no disk, though that has been tried: a fresh segment will have it. */
    private boolean stateUnwritten = true;
    /** The thread sleeps, or is about to. */
    private volatile boolean parked;

    private volatile boolean isHeadAsked;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    LogWriter(
            LogSettings settings,
            Intake intake,
            StateChanges changes,
            LogStatus status,
            LogTail tail,
            SlotKeeper keeper,
            WriteMetrics metrics,
            LogState state,
            long endSequence,
            InstantSource clock) {
        this.settings = settings;
        this.intake = intake;
        this.changes = changes;
        this.status = status;
        this.tail = tail;
        this.keeper = keeper;
        this.metrics = metrics;
        this.state = state;
        this.endSequence = endSequence;
        this.clock = clock;
    }

    /** There is something to do, and it has been put where the thread looks. Any thread. */
    void wake() {
        if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** A put was too long for what is left behind the head of a segment: the next one like it is judged by the head as it is now. Any thread. */
    void measureHead() {
        isHeadAsked = true;
        wake();
    }

    /** Ends the thread once everything has been written that there is. Any thread. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    /** Begins a segment, before the thread runs: what recovery found is safe then, and no old tail is ever written to. */
    void begin() {
        write(null);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        boolean running = true;
        int mistakesAtEnd = 0;
        while (running) {
            try {
                running = turn() || rest();
            } catch (RuntimeException | Error e) {
                recoverFrom(e);
                running = !stopping || (intake.hasGroup() && ++mistakesAtEnd < MOST_MISTAKES_AT_END);
            }
        }
        try {
            tail.finish();
        } catch (RuntimeException | Error e) {
            LOG.error("channel {}: could not give the last segment back", settings.name(), e);
        }
    }

    /** A mistake of ours, or no memory: the log must not stand still for it. */
    private void recoverFrom(Throwable e) {
        stateUnwritten = true;
        status.pause();
        try {
            LOG.error("{}; all puts in flight fail", mistake(e), e);
            tail.leave(e);
            status.trouble(mistake(e));
            fail(new ChannelException(mistake(e), e));
        } catch (RuntimeException | Error again) {
            LOG.error("channel {}: could not recover from it; trying again", settings.name(), again);
        }
    }

    private String mistake(Throwable e) {
        return "channel " + settings.name() + ": writing failed: " + e;
    }

    /** One step; false if there is nothing to do. */
    boolean turn() {
        if (isHeadAsked) {
            isHeadAsked = false;
            tail.measureHead(state);
        }
        if (!stopping && tail.nanosToForce() == 0) {
            stateUnwritten |= !tail.forceAtLast(); // first, since groups may never end
            return true;
        }
        GroupBuffer group = intake.next();
        inHand = group;
        if (group != null) {
            group.awaitCopies();
            write(group);
            return true;
        }
        if (!stopping && nanosToState() == 0) {
            write(null);
            return true;
        }
        return false;
    }

    /** Sleeps until there is something to do; false, having written the last positions, if there never will be. */
    private boolean rest() {
        if (!stopping) {
            sleep();
            return true;
        }
        if (stateUnwritten || changes.nanosUntilDue(0) == 0) {
            write(null);
        }
        if (intake.hasGroup()) {
            return true;
        }
        prove();
        return false;
    }

    /** Before the end: whatever becomes of the last puts, the next start can tell that they were on disk. */
    private void prove() {
        if (tail.hasUnforced()) {
            stateUnwritten |= !tail.forceAtLast();
        }
        if (tail.lacksProof()) {
            write(null);
        }
    }

    private void sleep() {
        parked = true;
        if (!intake.hasGroup() && !stopping) {
            long nanos = Math.min(nanosToState(), tail.nanosToForce());
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else if (nanos > 0) {
                LockSupport.parkNanos(this, nanos);
            }
        }
        parked = false;
    }

    /** Until positions are to be written even without puts. */
    private long nanosToState() {
        long retry = status.nanosToRetry();
        if (stateUnwritten) {
            return retry;
        }
        long due = Math.min(changes.nanosUntilDue(settings.positionsInterval().toNanos()), tail.nanosToProof());
        return due == Long.MAX_VALUE ? due : Math.max(due, retry);
    }

    private void write(@Nullable GroupBuffer group) {
        Changes taken = changes.take();
        try {
            LogState next = taken.applyTo(state);
            boolean isWritten = group != null && writePuts(group, taken, next);
            if (!isWritten) {
                writePositions(taken, next);
            }
        } catch (NoSlotException e) {
            noSlotForPositions(taken, e);
        } catch (IOException e) {
            troubled(taken, e);
        } catch (RuntimeException | Error e) {
            taken.fail(new ChannelException(mistake(e), e)); // nobody else knows who waits
            throw e;
        }
    }

    /** @return false if there is no place for these puts: they have failed, and the positions are yet to be written */
    private boolean writePuts(GroupBuffer group, Changes taken, LogState next) throws IOException {
        try {
            write(group, taken, next);
            succeed(group);
            return true;
        } catch (NoSlotException e) {
            keeper.full(e);
            fail(status.refusal(e));
        } catch (ChannelException e) {
            inHand = null;
            metrics.failedPuts.inc(intake.failAlone(group, e));
        }
        return false;
    }

    private void writePositions(Changes taken, LogState next) throws IOException {
        // nobody needs an event any more: in a fresh segment puts find room, and what is behind it comes free
        boolean makesRoom = status.isFull() && next.lowestWatermark() >= endSequence && tail.mayRoll();
        stateUnwritten |= makesRoom;
        if (stateUnwritten || !taken.isEmpty() || isProofDue()) {
            write(null, taken, next);
        }
        if (makesRoom && tail.hasRoom()) {
            status.full(null);
        }
    }

    private boolean isProofDue() {
        return stopping ? tail.lacksProof() : tail.nanosToProof() == 0;
    }

    private void write(@Nullable GroupBuffer group, Changes taken, LogState next) throws IOException {
        tail.write(group, addPositions(taken, group), next, endSequence, stateUnwritten);
        state = next;
        taken.succeed();
        if (stateUnwritten) {
            stateUnwritten = false;
            status.well();
        }
    }

    /** Those that nobody waits for stay in memory until a slot comes free. */
    private void noSlotForPositions(Changes taken, NoSlotException e) {
        if (!stateUnwritten) {
            LOG.warn("channel {}: positions cannot be written: {}", settings.name(), e.getMessage());
        }
        stateUnwritten = true;
        status.pause();
        keeper.full(e);
        taken.fail(status.refusal(e));
    }

    private void troubled(Changes taken, IOException e) {
        String why = "channel " + settings.name() + ": writing fails: " + e.getMessage();
        if (status.trouble() == null) {
            LOG.error("{}; puts are refused until it works again", why, e);
        }
        stateUnwritten = true;
        status.trouble(why);
        ChannelException failure = new ChannelException(why, e);
        taken.fail(failure);
        fail(failure);
    }

    /**
     * A group for the positions; null if there are none, or the group at hand has room for them. Any group says what is on disk before
     * it: where that is all that there is to say, it is one without a position.
     */
    private @Nullable GroupBuffer addPositions(Changes taken, @Nullable GroupBuffer group) {
        if (taken.isEmpty() && (group != null || !isProofDue())) {
            return null;
        }
        byte[] body = PositionUpdates.encode(taken.updates());
        if (group != null && group.add(RecordType.POSITIONS, body)) {
            return null;
        }
        return GroupBuffer.of(RecordType.POSITIONS, group == null ? endSequence : group.endSequence(), body);
    }

    private void succeed(GroupBuffer group) {
        endSequence = group.endSequence();
        for (Append put : group.appends()) {
            Origin origin = put.origin();
            if (origin != null) {
                state.seen().add(origin, put.events(), clock.millis());
            }
        }
        inHand = null; // whatever is thrown from here on, nobody is answered twice
        try {
            long sequence = group.firstSequence();
            for (Append put : group.appends()) {
                int events = put.events();
                Callbacks.durable(put, sequence);
                sequence += events;
            }
        } finally {
            intake.giveBack(group);
        }
    }

    /** Fails what is in flight. */
    private void fail(ChannelException why) {
        GroupBuffer group = inHand;
        inHand = null;
        metrics.failedPuts.inc(intake.failAll(group, endSequence, why));
    }
}
