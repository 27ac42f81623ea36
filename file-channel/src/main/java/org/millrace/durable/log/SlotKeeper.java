package org.millrace.durable.log;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.millrace.durable.log.Recovered.FreeSlot;
import org.millrace.durable.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the pool filled: frees segments that nobody needs any more and makes new slots, so that the disk thread finds one when it needs
 * one. {@link #run} has a thread of its own; the other methods may be called by any.
 */
final class SlotKeeper implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SlotKeeper.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A slot that is too many is deleted so often, where the disk has room. */
    private static final long SHRINK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final LogSettings settings;
    private final SlotPool pool;
    private final Segments segments;
    private final LogStatus status;
    private final InstantSource clock;
    /** Numbers of segments whose disk has failed: their slots are not used again. */
    private final Set<Long> suspects = ConcurrentHashMap.newKeySet();

    private final Queue<FreeSlot> discarded = new ConcurrentLinkedQueue<>();

    // The keeper's thread only:
    /** When segments, by their numbers, were found to be done with; after a restart, when it was found again. */
    private final Map<Long, Instant> doneSince = new HashMap<>();

    private long shrunkNanos;
    /** All readers are durably done with events before it. */
    private volatile long watermark;
    /** Once they are done with events before it, another segment is done with. */
    private volatile long nextDone;

    SlotKeeper(LogSettings settings, SlotPool pool, Segments segments, LogStatus status, InstantSource clock) {
        this.settings = settings;
        this.pool = pool;
        this.segments = segments;
        this.status = status;
        this.clock = clock;
        this.shrunkNanos = pool.nanoTime();
    }

    /** All readers are durably done with events before this one. */
    void watermark(long sequence) {
        watermark = sequence;
        if (sequence >= nextDone) {
            nextDone = Long.MAX_VALUE; // until it has been looked again: this is said after each force
            pool.wake();
        }
    }

    /** A segment is in use, and so another may have come to its end. */
    void begun(Segment segment) {
        segments.add(segment);
        pool.wake();
    }

    /** Puts have found no slot: they are refused until there is one to spare. */
    void full(NoSlotException why) {
        status.full(why);
        pool.wake(); // there may be one since
    }

    /** Whether puts are refused for want of a slot. */
    boolean isFull() {
        return status.isFull();
    }

    /** A write or force has failed in this segment: once it is done with, its slot is deleted, not used again. */
    void suspect(Segment segment) {
        suspects.add(segment.number());
    }

    /** The slot has failed before anything of worth was in it. */
    void discard(FreeSlot slot) {
        discarded.add(slot);
        pool.wake();
    }

    @Override
    public void run() {
        while (!pool.isClosed()) {
            try {
                work();
            } catch (RuntimeException | Error e) { // without this thread the disk thread would wait for ever
                LOG.error("channel {}: could not look after the segments; going on", settings.name(), e);
            }
            pool.awaitWork(LOOK_NANOS);
        }
        deleteDiscarded();
    }

    /** One round. */
    void work() {
        try {
            look();
        } finally {
            pool.roundDone();
        }
    }

    private void look() {
        deleteDiscarded();
        free();
        for (SlotDirectory directory; !pool.isClosed() && (directory = pool.toGrow()) != null; ) {
            pool.grow(directory);
            free();
        }
        shrink();
    }

    /**
     * Gives back what a backlog took that is gone: one slot now and then, for the next backlog may come; at once where others need the
     * disk.
     */
    private void shrink() {
        if (!pool.hasSurplus()) {
            shrunkNanos = pool.nanoTime();
            return;
        }
        for (Storage directory : pool.storages()) {
            FreeSlot slot;
            while (isShort(directory) && (slot = pool.takeSurplus(directory)) != null) {
                delete(slot);
            }
        }
        if (pool.nanoTime() - shrunkNanos >= SHRINK_NANOS) {
            shrunkNanos = pool.nanoTime();
            FreeSlot slot = pool.takeSurplus(null);
            if (slot != null) {
                delete(slot);
            }
        }
    }

    /** Whether others will soon find no room on this disk. */
    private boolean isShort(Storage directory) {
        try {
            return directory.usableBytes() < 2 * settings.reserveBytes();
        } catch (IOException e) {
            return false;
        }
    }

    private void deleteDiscarded() {
        for (FreeSlot slot; (slot = discarded.poll()) != null; ) {
            delete(slot);
        }
    }

    /** Frees what may be freed. */
    private void free() {
        List<Segment> all = segments.all();
        long done = watermark;
        long stillNeeded = Long.MAX_VALUE;
        boolean isOldest = true;
        for (int i = 0; i + 1 < all.size(); i++) {
            Segment segment = all.get(i);
            Segment next = all.get(i + 1);
            boolean isEmpty = next.firstSequence() == segment.firstSequence();
            boolean isDone = next.firstSequence() <= done;
            stillNeeded = isDone ? stillNeeded : Math.min(stillNeeded, next.firstSequence());
            if (isEmpty || (isDone && !isKept(segment) && isOldest)) {
                doneSince.remove(segment.number());
                segments.remove(segment);
                free(segment);
            } else {
                isOldest = false;
            }
        }
        nextDone = stillNeeded;
        if (watermark >= stillNeeded) {
            pool.wake(); // it was passed in between
        }
        if (pool.hasSpare()) {
            status.full(null);
        }
    }

    /** All readers are done with it, and it is kept for its owner's sake, while the disk has room. */
    private boolean isKept(Segment done) {
        if (settings.retention().isZero()) {
            return false;
        }
        Instant now = clock.instant();
        Instant since = doneSince.computeIfAbsent(done.number(), number -> now);
        return now.isBefore(since.plus(settings.retention())) && !pool.isStuck();
    }

    private void free(Segment segment) {
        FreeSlot slot = new FreeSlot(segment.storage(), segment.slot());
        if (suspects.remove(segment.number()) || segment.header().segmentBytes() != settings.segmentBytes()) {
            delete(slot);
        } else {
            pool.add(slot.storage(), slot.slot());
        }
    }

    private void delete(FreeSlot slot) {
        try {
            slot.storage().delete(slot.slot());
        } catch (IOException e) {
            LOG.warn("channel {}: could not delete {}; left as it is", settings.name(), slot, e);
        }
    }
}
