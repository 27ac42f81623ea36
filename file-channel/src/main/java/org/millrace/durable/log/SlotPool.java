package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.log.Recovered.FreeSlot;
import org.millrace.durable.storage.Storage;

/**
 * The slots that hold nothing of worth. The keeper's thread fills it; the disk thread takes from it, directory after directory. Puts
 * leave {@link #KEPT_BACK} alone: with those, positions can be written for ever, from one into the other and back, however full the
 * disk is, since a segment of positions alone is free once the next one has begun. Thread-safe.
 */
final class SlotPool {
    static final int KEPT_BACK = 2;

    /** Free slots beyond those that are wanted at all times that stay, for the next time sinks fall behind. */
    static final int SPARE = 4;

    private final List<SlotDirectory> directories = new ArrayList<>();
    private final Patience patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Where the slot came from that was taken last. */
    private int turn = -1;

    /** In all directories. Written under the lock. */
    private final AtomicInteger freeSlots = new AtomicInteger();
    /** How often a directory would not grow. */
    private long refusals;
    /** How often the keeper has looked after everything. */
    private long rounds;
    /** The keeper has been woken and not yet looked. */
    private boolean woken;

    private boolean closed;

    /**
     * How to wait.
     *
     * @param retryNanos after an error
     * @param growNanos after a disk was found full
     * @param nanoTime by which both are measured
     * @param forKeeper waits for what the keeper does, as the condition tells; where the keeper has no thread, does it
     */
    record Patience(long retryNanos, long growNanos, LongSupplier nanoTime, Consumer<Condition> forKeeper) {
        static final Patience USUAL = new Patience(TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(10));

        Patience(long retryNanos, long growNanos) {
            this(retryNanos, growNanos, System::nanoTime, Condition::awaitUninterruptibly);
        }
    }

    SlotPool(LogSettings settings, List<Storage> storages, List<FreeSlot> free, Patience patience) {
        this.patience = patience;
        for (Storage storage : storages) {
            SlotDirectory directory = new SlotDirectory(storage, settings, patience);
            directories.add(directory);
            free.stream().filter(slot -> slot.storage() == storage).forEach(slot -> directory.add(slot.slot()));
            freeSlots.addAndGet(directory.free());
        }
    }

    /**
     * Takes a slot; waits while one is being made.
     *
     * @param forPuts whether {@link #KEPT_BACK} must stay
     * @param avoid a directory that has just failed; used only if there is no other
     * @throws NoSlotException if the disks are full, or fail
     */
    FreeSlot take(boolean forPuts, @Nullable Storage avoid) throws NoSlotException {
        lock.lock();
        try {
            await(forPuts ? KEPT_BACK + 1 : 1);
            FreeSlot slot = nextInTurn(avoid).take();
            freeSlots.decrementAndGet();
            wake();
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Before puts are written: waits until there is what is to be kept back.
     *
     * @throws NoSlotException if there cannot be
     */
    void keepBack() throws NoSlotException {
        if (freeSlots.get() < KEPT_BACK) {
            lock.lock();
            try {
                await(KEPT_BACK);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Under the lock. */
    private void await(int slots) throws NoSlotException {
        long mostRefusals = refusals + directories.size();
        long wholeRound = rounds + 2; // one may be under way: the next one sees all that may be freed by now
        while (freeSlots.get() < slots) {
            boolean mayGrow = refusals < mostRefusals && mayGrow() != null;
            if (closed || (!mayGrow && rounds >= wholeRound)) {
                throw refusal();
            }
            wake();
            patience.forKeeper().accept(changed);
        }
    }

    /** Under the lock, with at least one slot free. */
    private SlotDirectory nextInTurn(@Nullable Storage avoid) {
        int found = -1;
        for (int i = 1; i <= directories.size(); i++) {
            int at = (turn + i) % directories.size();
            SlotDirectory directory = directories.get(at);
            if (directory.hasFree() && (found < 0 || directories.get(found).storage() == avoid)) {
                found = at;
            }
        }
        turn = found;
        return directories.get(found);
    }

    /** Under the lock. Why there is nothing: an error, if there was one. */
    private NoSlotException refusal() {
        NoSlotException refusal = new NoSlotException("the log is being closed", true, null);
        for (SlotDirectory directory : directories) {
            NoSlotException why = directory.refusal();
            if (why != null && (!why.isDiskFull() || refusal.isDiskFull())) {
                refusal = why;
            }
        }
        return refusal;
    }

    /** A slot may be used. */
    void add(Storage storage, String slot) {
        lock.lock();
        try {
            for (SlotDirectory directory : directories) {
                if (directory.storage() == storage) {
                    directory.add(slot);
                    freeSlots.incrementAndGet();
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The directory that should grow now; null if there are slots enough, or none may. */
    @Nullable
    SlotDirectory toGrow() {
        lock.lock();
        try {
            return freeSlots.get() < wanted() ? mayGrow() : null;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. The one with the fewest slots of those that have not just refused. */
    private @Nullable SlotDirectory mayGrow() {
        return directories.stream()
                .filter(directory -> directory.nanosToRetry() == 0)
                .min(Comparator.comparingInt(SlotDirectory::free))
                .orElse(null);
    }

    /** One in each directory besides what is kept back, so that a write that fails in one finds a slot in another. */
    private int wanted() {
        return KEPT_BACK + directories.size();
    }

    /** Whether there are more free slots than are of use. */
    boolean hasSurplus() {
        return freeSlots.get() > wanted() + SPARE;
    }

    /**
     * Takes a slot that is of no use any more, to be deleted. The keeper's.
     *
     * @param from a directory; null: the one with the most of them
     * @return null if there is none
     */
    @Nullable
    FreeSlot takeSurplus(@Nullable Storage from) {
        lock.lock();
        try {
            SlotDirectory most = directories.stream()
                    .filter(directory -> from == null || directory.storage() == from)
                    .max(Comparator.comparingInt(SlotDirectory::free))
                    .orElse(null);
            if (most == null || !most.hasFree() || !hasSurplus()) {
                return null;
            }
            freeSlots.decrementAndGet();
            return most.take();
        } finally {
            lock.unlock();
        }
    }

    List<Storage> storages() {
        return directories.stream().map(SlotDirectory::storage).toList();
    }

    long nanoTime() {
        return patience.nanoTime().getAsLong();
    }

    /** The keeper has freed what may be freed, and made what may be made. */
    void roundDone() {
        lock.lock();
        try {
            rounds++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Makes a slot there; the keeper's. */
    void grow(SlotDirectory directory) {
        String slot = null;
        try {
            slot = directory.grow();
        } finally {
            lock.lock();
            try {
                if (slot == null) {
                    refusals++;
                } else {
                    directory.add(slot);
                    freeSlots.incrementAndGet();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether puts could roll. */
    boolean hasSpare() {
        return freeSlots.get() > KEPT_BACK;
    }

    /** Whether puts need a slot and no directory gave one when it was asked last. */
    boolean isStuck() {
        lock.lock();
        try {
            return freeSlots.get() <= KEPT_BACK
                    && directories.stream().allMatch(directory -> directory.refusal() != null);
        } finally {
            lock.unlock();
        }
    }

    int free() {
        return freeSlots.get();
    }

    /** Waits until it is woken, or a directory may try to grow again. The keeper's. */
    void awaitWork(long mostNanos) {
        lock.lock();
        try {
            long nanos = mostNanos;
            for (SlotDirectory directory : directories) {
                if (directory.refusal() != null && freeSlots.get() < wanted()) {
                    nanos = Math.min(nanos, directory.nanosToRetry());
                }
            }
            while (!woken && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            woken = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the keeper", e);
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the keeper. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody waits for a slot from now on. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
