package org.millrace.durable.log;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.RecordHeader;
import org.millrace.durable.format.RecordType;
import org.millrace.durable.log.Recovered.FreeSlot;
import org.millrace.durable.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the log: writes groups behind one another, from segment to segment. The disk thread's, but for {@link #unforcedMillis} and
 * {@link #mostPutBytes} and {@link #mostPutBytesEver}.
 *
 * <p>What a failed write or force may have left behind is never trusted: the segment ends before it, and the same group is written
 * again at the head of a fresh one, whose first sequence makes void what the old one may hold from there on.
 */
final class LogTail {
    private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
    private static final int MOST_TAG_BYTES = 64;
    /** Positions that come within so many of their intervals say themselves that the puts before them are on disk. */
    private static final int INTERVALS_TO_PROOF = 50;

    private final LogSettings settings;
    private final SlotPool pool;
    private final SlotKeeper keeper;
    private final FreshSegments fresh;
    private final WriteMetrics metrics;

    private @Nullable ActiveSegment active;
    /** The slot of the active segment until it has been forced for the first time; no reader knows it before. */
    private @Nullable FreeSlot unborn;
    /** The lowest of all readers as far as it has been written. */
    private long writtenWatermark;

    /** What the head of a segment takes, as it was when one was begun or tried, or {@link #measureHead}. */
    private volatile long snapshotBytes;

    private long lastPutNanos;
    /** When the oldest write was made that has not been forced; 0 if there is none. */
    private volatile long unforcedSinceNanos;

    LogTail(LogSettings settings, SlotPool pool, SlotKeeper keeper, FreshSegments fresh, WriteMetrics metrics) {
        this.settings = settings;
        this.pool = pool;
        this.keeper = keeper;
        this.fresh = fresh;
        this.metrics = metrics;
    }

    /**
     * Makes groups as safe as the settings say; in a fresh segment if need be, and after a failure in yet another one.
     *
     * @param puts null if there are none
     * @param positions null if there are none, or they ride along; a fresh segment has them in its snapshot
     * @param state with those positions; goes to the head of a fresh segment
     * @param nextSequence of the first put, or of the next one to come
     * @throws NoSlotException if a segment was needed and there is none to be had
     * @throws ChannelException if these puts are too long for any segment
     * @throws IOException if two segments failed
     */
    void write(
            @Nullable GroupBuffer puts,
            @Nullable GroupBuffer positions,
            LogState state,
            long nextSequence,
            boolean mustRoll)
            throws IOException {
        try {
            write(puts, positions, state, nextSequence, mustRoll, null);
        } catch (NoSlotException e) {
            throw e;
        } catch (IOException e) {
            Storage failed = leave(e);
            try {
                write(puts, positions, state, nextSequence, true, failed);
            } catch (NoSlotException again) {
                throw again;
            } catch (IOException again) {
                leave(again);
                again.addSuppressed(e);
                throw again;
            }
        }
    }

    private void write(
            @Nullable GroupBuffer puts,
            @Nullable GroupBuffer positions,
            LogState state,
            long nextSequence,
            boolean mustRoll,
            @Nullable Storage avoid)
            throws IOException {
        ActiveSegment target = active;
        GroupBuffer second = positions;
        if (target == null || mustRoll || !target.fits(puts, positions)) {
            target = roll(puts, state, nextSequence, avoid);
            second = null;
        } else if (puts != null) {
            pool.keepBack();
        }
        if (puts != null) {
            write(target, puts);
            lastPutNanos = System.nanoTime();
        }
        if (second != null) {
            write(target, second);
        }
        writtenWatermark = state.lowestWatermark();
        if (unborn != null || settings.durability() == Durability.ALWAYS) {
            force(target);
        }
        if (unborn != null) {
            unborn = null;
            keeper.begun(target.segment());
            metrics.rolls.inc();
            LOG.debug("channel {}: goes on in {}", settings.name(), target.segment());
        }
    }

    private void write(ActiveSegment target, GroupBuffer group) throws IOException {
        long start = System.nanoTime();
        if (unforcedSinceNanos == 0) {
            unforcedSinceNanos = start;
        }
        target.write(group);
        metrics.written(group, System.nanoTime() - start);
    }

    private void force(ActiveSegment target) throws IOException {
        long start = System.nanoTime();
        target.force();
        metrics.forced(System.nanoTime() - start);
        unforcedSinceNanos = 0;
        keeper.watermark(writtenWatermark);
    }

    /** Begins a segment; its steps in the order that makes them safe. */
    private ActiveSegment roll(@Nullable GroupBuffer puts, LogState state, long firstSequence, @Nullable Storage avoid)
            throws IOException {
        GroupBuffer snapshot = GroupBuffer.of(RecordType.SNAPSHOT, firstSequence, state.encode());
        headIs(snapshot.usedBytes());
        checkFits(snapshot, puts);
        FreeSlot slot = pool.take(puts != null, avoid);
        finish(); // 1. everything before is on disk
        unborn = slot;
        ActiveSegment next = fresh.begin(slot, snapshot); // 2. this goes on behind it, and counts once it is forced
        active = next;
        return next;
    }

    private void checkFits(GroupBuffer snapshot, @Nullable GroupBuffer puts) throws IOException {
        long left = bytesBehind(snapshot.usedBytes());
        if (left < 0) {
            String why = "the positions and what is attached to them take " + snapshot.usedBytes()
                    + " bytes, too many for a segment of " + settings.segmentBytes() + ": raise segmentSize";
            throw new NoSlotException(why, false, null); // no disk has failed, and no other segment would do
        }
        if (puts != null && Blocks.roundUp((long) puts.usedBytes() + MOST_TAG_BYTES) > left) {
            throw new ChannelException("channel " + settings.name() + ": a put of " + puts.putBytes()
                    + " bytes does not fit in a segment of " + settings.segmentBytes()
                    + " beside the positions: raise segmentSize");
        }
    }

    private long bytesBehind(long headBytes) {
        return settings.segmentBytes() - Blocks.BYTES - Blocks.roundUp(headBytes + MOST_TAG_BYTES);
    }

    /** What is attached may have become less since the last roll. */
    void measureHead(LogState state) {
        headIs((long) GroupHeader.BYTES + RecordHeader.BYTES + state.encode().length);
    }

    /** One that leaves no room at all is trouble with the positions, and not with any put. */
    private void headIs(long headBytes) {
        if (bytesBehind(headBytes) >= 0) {
            snapshotBytes = headBytes;
        }
    }

    /** Bytes of events that fit in a segment as one put, beside the positions and what is attached to them. Any thread. */
    long mostPutBytes() {
        return putBytesBehind(snapshotBytes);
    }

    /** The same where the head takes as little as it can, which is a block. Any thread. */
    long mostPutBytesEver() {
        return putBytesBehind(0);
    }

    private long putBytesBehind(long headBytes) {
        return bytesBehind(headBytes) - MOST_TAG_BYTES - GroupHeader.BYTES - RecordHeader.BYTES;
    }

    /**
     * Forces what has not been for as long as the settings allow.
     *
     * @return false if that failed: it has been acked long ago and can only be reported; the segment ends here
     */
    boolean forceAtLast() {
        ActiveSegment target = active;
        if (target == null) {
            unforcedSinceNanos = 0;
            return true;
        }
        try {
            force(target);
            return true;
        } catch (IOException e) {
            reportUnforced(target, e);
            leave(e);
            return false;
        }
    }

    /** Whether anything was written that has not been forced. */
    boolean hasUnforced() {
        return active != null && !active.isForced();
    }

    /** Forces what has not been and gives the file back. */
    void finish() {
        ActiveSegment finished = active;
        active = null;
        if (finished != null) {
            forceAcked(finished);
            close(finished);
        }
        unforcedSinceNanos = 0;
    }

    /** Forces what has been acked without it. */
    private void forceAcked(ActiveSegment segment) {
        if (settings.durability() == Durability.ALWAYS || segment.isForced() || !segment.isSound()) {
            return;
        }
        try {
            force(segment);
        } catch (IOException e) {
            metrics.ioErrors.inc();
            keeper.suspect(segment.segment());
            reportUnforced(segment, e);
        }
    }

    private void reportUnforced(ActiveSegment segment, IOException why) {
        LOG.error(
                "channel {}: could not force the end of {}: events that were acked may not survive a loss of power",
                settings.name(),
                segment.segment(),
                why);
    }

    /** After a failure: nothing is written to the active segment any more. @return where that was; null if there was none */
    @Nullable
    Storage leave(Throwable why) {
        metrics.ioErrors.inc();
        ActiveSegment failed = active;
        FreeSlot slot = unborn;
        active = null;
        unborn = null;
        if (slot != null) {
            LOG.warn("channel {}: could not begin a segment in {}: {}", settings.name(), slot, why.toString());
            keeper.discard(slot);
        } else if (failed != null) {
            LOG.warn("channel {}: {} failed and ends here: {}", settings.name(), failed.segment(), why.toString());
            keeper.suspect(failed.segment());
            forceAcked(failed);
        }
        if (failed != null) {
            close(failed);
        }
        unforcedSinceNanos = 0;
        return slot != null ? slot.storage() : failed != null ? failed.segment().storage() : null;
    }

    private void close(ActiveSegment segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.warn("channel {}: could not close {}", settings.name(), segment.segment(), e);
        }
    }

    /** Whether positions would find a slot. */
    boolean mayRoll() {
        return pool.free() > 0;
    }

    /** Whether puts may go on in the active segment, once the slots have been looked after that came free. */
    boolean hasRoom() {
        try {
            pool.keepBack();
            return true;
        } catch (NoSlotException e) {
            return false;
        }
    }

    /**
     * Nanoseconds until {@link #forceAtLast} is due; {@link Long#MAX_VALUE} if it never is. While the log is full, what only a roll
     * would force is forced too: there may be no other roll before positions that make room are safe.
     */
    long nanosToForce() {
        boolean isTimed = settings.durability() == Durability.INTERVAL
                || (settings.durability() == Durability.OS && keeper.isFull());
        if (!isTimed || unforcedSinceNanos == 0) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, unforcedSinceNanos + settings.forceInterval().toNanos() - System.nanoTime());
    }

    /**
     * Nanoseconds until a group is to be written behind the last puts, though there is nothing to write: it says that they are on disk.
     * Once, since puts are what needs it. {@link Long#MAX_VALUE} if it never is.
     */
    long nanosToProof() {
        if (!lacksProof()) {
            return Long.MAX_VALUE;
        }
        long wait = INTERVALS_TO_PROOF * settings.positionsInterval().toNanos();
        return Math.max(0, lastPutNanos + wait - System.nanoTime());
    }

    /** Whether the puts written last are on disk, and nothing says so. */
    boolean lacksProof() {
        return active != null && active.lacksProof();
    }

    /** Milliseconds since the oldest write that has not been forced; 0 if there is none. Any thread. */
    long unforcedMillis() {
        long since = unforcedSinceNanos;
        return since == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }
}
