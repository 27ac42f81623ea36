package org.millrace.durable.log;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.log.Recovered.FreeSlot;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.SystemErrors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One directory's free slots, and how it makes more. Guarded by {@link SlotPool}, but for {@link #grow}, which is the keeper's. */
final class SlotDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SlotDirectory.class);

    private final Storage storage;
    private final LogSettings settings;
    private final SlotPool.Patience patience;
    private final Deque<String> free = new ArrayDeque<>();
    private int lastNumber;
    /** Why it could not grow the last time it tried; null if it could. */
    private volatile @Nullable NoSlotException refusal;

    private volatile long retryNanos;

    SlotDirectory(Storage storage, LogSettings settings, SlotPool.Patience patience) {
        this.storage = storage;
        this.settings = settings;
        this.patience = patience;
    }

    Storage storage() {
        return storage;
    }

    boolean hasFree() {
        return !free.isEmpty();
    }

    int free() {
        return free.size();
    }

    void add(String slot) {
        free.add(slot);
    }

    FreeSlot take() {
        return new FreeSlot(storage, free.remove());
    }

    @Nullable
    NoSlotException refusal() {
        return refusal;
    }

    /** Nanoseconds until it may try to grow; 0 if it may now. */
    long nanosToRetry() {
        return refusal == null
                ? 0
                : Math.max(0, retryNanos - patience.nanoTime().getAsLong());
    }

    /**
     * Makes another slot, which takes a while.
     *
     * @return its name; null if there is no room or the disk does not want to: {@link #refusal} says which
     */
    @Nullable
    String grow() {
        try {
            long usable = storage.usableBytes();
            if (usable - settings.segmentBytes() < settings.reserveBytes()) {
                refuse(
                        new NoSlotException(
                                "no room for another segment in " + storage.path() + ": " + usable
                                        + " bytes left, of which " + settings.reserveBytes() + " are kept in reserve"
                                        + " (drain it faster, free some of the disk, or lower minimumRequiredSpace)",
                                true,
                                null),
                        patience.growNanos());
                return null;
            }
            String slot = nextName();
            storage.createZeroed(slot, settings.segmentBytes()).close();
            if (refusal != null) {
                refusal = null;
                LOG.info("channel {}: {} has room for segments again", settings.name(), storage.path());
            }
            return slot;
        } catch (IOException e) {
            String why = "no new segment in " + storage.path() + ": " + e.getMessage();
            boolean isDiskFull = SystemErrors.isDiskFull(e); // it was filled meanwhile, or there is a quota
            refuse(new NoSlotException(why, isDiskFull, e), isDiskFull ? patience.growNanos() : patience.retryNanos());
            return null;
        }
    }

    private void refuse(NoSlotException why, long nanos) {
        retryNanos = patience.nanoTime().getAsLong() + nanos;
        if (refusal == null) {
            LOG.warn("channel {}: {}", settings.name(), why.getMessage(), why.getCause());
        }
        refusal = why;
    }

    private String nextName() throws IOException {
        if (lastNumber == 0) {
            for (String name : storage.list()) {
                lastNumber = Math.max(lastNumber, numberOf(name));
            }
        }
        lastNumber++;
        return name(lastNumber);
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "%s%04d%s", Segment.SLOT_PREFIX, number, Segment.SLOT_SUFFIX);
    }

    /** 0 if it is no slot's name. */
    private static int numberOf(String name) {
        if (!name.startsWith(Segment.SLOT_PREFIX) || !name.endsWith(Segment.SLOT_SUFFIX)) {
            return 0;
        }
        String digits = name.substring(Segment.SLOT_PREFIX.length(), name.length() - Segment.SLOT_SUFFIX.length());
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : 0;
    }
}
