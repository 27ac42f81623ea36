package org.millrace.durable.log;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a log's directories hold, after whatever has happened to them:
 *
 * <ol>
 *   <li>{@link LogDirectories}: which log it is, and whether all directories are there;
 *   <li>{@link SlotInspector}: what each slot holds, from its first blocks;
 *   <li>{@link UnprovenTail}: what nothing proves to be on disk is written once more;
 *   <li>{@link Replay}: how things stood, from the snapshot of the newest sound segment and all that follows it;
 *   <li>which slots may be used again.
 * </ol>
 *
 * <p>Only what is damaged is moved, and only slots that cannot be used again are deleted. A crash in the middle leaves the same to be
 * found by the next one.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** In place of the lowest event that is needed: all of them. */
    private static final long NOBODY_KNOWS = Long.MIN_VALUE;

    private final LogSettings settings;
    private final Quarantine quarantine;
    private final ReadBuffers buffers = new ReadBuffers();

    /** By number. */
    private final TreeMap<Long, Slot.Used> used = new TreeMap<>();

    private final List<Recovered.FreeSlot> free = new ArrayList<>();
    private final List<Slot.Garbage> garbage = new ArrayList<>();
    private final List<Slot.Keyless> keyless = new ArrayList<>();
    /** First event of those without their key that are not the newest, as their groups tell. */
    private long firstKeyless = Long.MAX_VALUE;

    private long highestNumber;
    /** Slots that may have held newer segments. */
    private int unknownNumbers;
    /** The log has reached this, as the beginning of a segment says. */
    private long provenEnd = Replay.OPEN_END;

    private long lostEvents;
    private long setAsideBytes;
    /** Noted before, and in no snapshot. */
    private long knownLostEvents;

    private long knownSetAsideBytes;

    private Recovery(LogSettings settings, InstantSource clock) {
        this.settings = settings;
        this.quarantine = new Quarantine(settings.name(), clock);
    }

    /**
     * @param directories that nobody else has to do with from now on
     * @throws IOException if the directories do not belong together, one is missing or not for this process, if the key of a segment is not at hand, or if a
     *     disk does not answer at all
     */
    static Recovered recover(LogSettings settings, List<Storage> directories, InstantSource clock) throws IOException {
        return new Recovery(settings, clock).recover(directories);
    }

    private Recovered recover(List<Storage> directories) throws IOException {
        UUID logId = new LogDirectories(settings, directories).identify();
        inspect(new SlotInspector(logId), directories);
        Replay replay = new Replay();
        replayFromSnapshot(replay, directories);
        LogState state = replay.state();
        replay.damage().forEach(damage -> setAside(damage.from(lowestNeeded(state))));
        long end = Math.max(endWithKeyless(replay, state), highestCommitted(state));
        release(state);
        setAsideGarbage(state);
        state.addLoss(lostEvents + knownLostEvents, setAsideBytes + knownSetAsideBytes);
        Segments segments = new Segments();
        used.values().forEach(slot -> segments.add(slot.segment()));
        LOG.info(
                "channel {}: log {} ends at event {}, readers stand at {} or later; {} segments in use, {} slots free, {} events lost",
                settings.name(),
                logId,
                end,
                state.readers().isEmpty() ? 0 : state.lowestWatermark(),
                used.size(),
                free.size(),
                lostEvents);
        return new Recovered(
                logId,
                state,
                end,
                highestNumber + unknownNumbers + 1,
                segments,
                List.copyOf(free),
                quarantine,
                lostEvents,
                setAsideBytes);
    }

    private void inspect(SlotInspector inspector, List<Storage> directories) throws IOException {
        for (Storage directory : directories) {
            for (Slot slot : inspector.inspect(directory)) {
                if (slot instanceof Slot.Used segment) {
                    use(segment);
                } else if (slot instanceof Slot.Garbage unclear) {
                    garbage.add(unclear);
                } else if (slot instanceof Slot.Keyless locked) {
                    keyless.add(locked);
                    highestNumber = Math.max(highestNumber, locked.segment().number());
                } else if (slot instanceof Slot.Blank blank) {
                    free(blank, blank.fileBytes());
                } else if (slot instanceof Slot.Unusable unusable) {
                    quarantine.setAside(directory, unusable.name(), unusable.why());
                    unknownNumbers++;
                }
            }
        }
    }

    /** Of two segments with one number the younger one counts: the other one comes from a directory that was away. */
    private void use(Slot.Used slot) {
        long number = slot.segment().number();
        highestNumber = Math.max(highestNumber, number);
        Slot.Used other = used.get(number);
        if (other == null) {
            used.put(number, slot);
            return;
        }
        boolean isYounger =
                slot.segment().header().epochMillis() > other.segment().header().epochMillis();
        used.put(number, isYounger ? slot : other);
        Slot.Used older = isYounger ? other : slot;
        quarantine.setAside(older.storage(), older.name(), "segment " + number + " is there a second time");
    }

    /** Goes back to the newest segment with a sound snapshot, and from there forward again to the end. */
    private void replayFromSnapshot(Replay replay, List<Storage> directories) throws IOException {
        noteTornBeginnings();
        List<Segment> newest = new ArrayList<>();
        boolean hasSnapshot = false;
        long unsafeFrom = Long.MAX_VALUE;
        for (Slot.Used slot : List.copyOf(used.descendingMap().values())) {
            SegmentBeginning beginning = beginningOf(slot.segment());
            if (newest.isEmpty() && beginning != SegmentBeginning.NONE) {
                unsafeFrom = secureTail(slot.segment());
                boolean mayHaveChanged = unsafeFrom != Long.MAX_VALUE; // by a force that failed
                beginning = mayHaveChanged ? beginningOf(slot.segment()) : beginning;
            }
            switch (beginning) {
                case SNAPSHOT -> hasSnapshot = true;
                case DAMAGED -> {}
                case NONE -> {
                    dropTornBeginning(slot);
                    continue;
                }
            }
            newest.add(0, slot.segment());
            if (hasSnapshot) {
                break;
            }
        }
        quarantine.know(directories, hasSnapshot ? newest.get(0).number() : 0, this::addKnownLoss);
        for (int i = 0; i < newest.size(); i++) {
            boolean isLast = i == newest.size() - 1;
            try (GroupScanner groups = open(newest.get(i))) {
                if (isLast) {
                    replay.apply(groups, provenEnd, unsafeFrom);
                } else {
                    replay.apply(groups, newest.get(i + 1).firstSequence(), Long.MAX_VALUE);
                }
            }
        }
        replay.torn().forEach(quarantine::keepTorn);
    }

    /** Where another segment has been begun, all before it was forced. Gives where it is not safe all the same. */
    private long secureTail(Segment newest) throws IOException {
        return provenEnd == Replay.OPEN_END
                ? new UnprovenTail(settings.name(), settings.cipher(), buffers, quarantine).secure(newest)
                : Long.MAX_VALUE;
    }

    /** Segments newer than all others that cannot be read: begun, at least, where the one before them ends. */
    private void noteTornBeginnings() {
        for (Slot.Keyless slot : keyless) {
            if (isNewest(slot)) {
                provenEnd = Math.max(provenEnd, slot.startsAt());
            }
        }
    }

    private boolean isNewest(Slot.Keyless slot) {
        return used.isEmpty() || used.lastKey() < slot.segment().number();
    }

    /**
     * A segment without its key that was the newest: its events are lost, unless it was about to be begun when power was lost. An older
     * one is as good as garbage: what is missing shows between its neighbours, or before the first of those that are left.
     *
     * @return the end of the log
     */
    private long endWithKeyless(Replay replay, LogState state) {
        long end = replay.endSequence();
        for (Slot.Keyless slot : keyless) {
            if (!isNewest(slot)) {
                firstKeyless = Math.min(firstKeyless, slot.segment().firstSequence());
                garbage.add(new Slot.Garbage(slot.storage(), slot.name(), slot.fileBytes()));
            } else if (slot.isForced()) {
                Damage damage = cost(slot, replay.endOffset(), end);
                end = Math.max(end, slot.endSequence());
                setAside(damage.from(lowestNeeded(state)));
                quarantine.setAside(slot.storage(), slot.name(), damage.why());
            } else {
                free(slot, slot.fileBytes());
            }
        }
        return end;
    }

    /** It is noted where the segment before it ends, since its file is moved. */
    private Damage cost(Slot.Keyless slot, long endOffset, long end) {
        String why = slot.segment() + " cannot be read: its first block is damaged, and with it its key is gone";
        boolean isAlone = used.isEmpty();
        Segment place = isAlone ? slot.segment() : used.lastEntry().getValue().segment();
        long offset = isAlone ? 0 : endOffset;
        long from = isAlone ? slot.segment().firstSequence() : end;
        return new Damage(place, offset, offset, from, Math.max(from, slot.endSequence()), why);
    }

    /** The roll to this segment was cut short. That it was begun proves that everything before it was on disk. */
    private void dropTornBeginning(Slot.Used slot) {
        provenEnd = Math.max(provenEnd, slot.segment().firstSequence());
        used.remove(slot.segment().number());
        free(slot, slot.fileBytes());
    }

    private SegmentBeginning beginningOf(Segment segment) throws IOException {
        try (GroupScanner groups = open(segment)) {
            return SegmentBeginning.of(groups);
        }
    }

    private GroupScanner open(Segment segment) throws IOException {
        try {
            return GroupScanner.open(segment, settings.cipher(), buffers);
        } catch (IOException once) {
            return GroupScanner.open(segment, settings.cipher(), buffers);
        }
    }

    /** Events that are committed were there: their numbers are not given again. */
    private static long highestCommitted(LogState state) {
        long highest = 0;
        for (String reader : state.readers()) {
            highest = Math.max(highest, state.watermark(reader));
            for (EventRange range : state.committedAbove(reader)) {
                highest = Math.max(highest, range.to());
            }
        }
        return highest;
    }

    /**
     * A slot with nothing sound in it is free, unless it may be what is left of a segment that somebody needs: a number is missing there,
     * or before the oldest segment, and events with it. Of segments that are released already none is missed.
     */
    private void setAsideGarbage(LogState state) throws IOException {
        boolean isNeeded = !garbage.isEmpty() && (hasMissingEvents(lowestNeeded(state)) || areSnapshotsMissing(state));
        for (Slot.Garbage slot : garbage) {
            if (isNeeded) {
                quarantine.setAside(slot.storage(), slot.name(), "nothing in it can be read, and events are missing");
            } else if (slot.fileBytes() == settings.segmentBytes()) {
                free(slot, slot.fileBytes());
            } else {
                quarantine.setAside(slot.storage(), slot.name(), "is not a segment of ours");
            }
        }
    }

    /** There is a log, and nobody knows how far its readers were: whatever was in such a slot may be needed. */
    private boolean areSnapshotsMissing(LogState state) {
        return state.readers().isEmpty() && !used.isEmpty();
    }

    private boolean hasMissingEvents(long lowestNeeded) throws IOException {
        boolean isMissing = noteMissing(missingBeforeAll(lowestNeeded));
        for (Slot.Used slot : used.values()) {
            Map.Entry<Long, Slot.Used> next = used.higherEntry(slot.segment().number());
            if (next != null && next.getKey() > slot.segment().number() + 1) {
                isMissing |= noteMissing(
                        missingAfter(slot.segment(), next.getValue().segment()).from(lowestNeeded));
            }
        }
        return isMissing;
    }

    private boolean noteMissing(@Nullable Damage damage) {
        if (damage == null || damage.lostEvents() == 0) {
            return false;
        }
        setAside(damage);
        return true;
    }

    /** Null if no segment is left. */
    private @Nullable Damage missingBeforeAll(long lowestNeeded) {
        long from = lowestNeeded == NOBODY_KNOWS ? firstKeyless : lowestNeeded;
        return used.isEmpty()
                ? null
                : Damage.missingBefore(used.firstEntry().getValue().segment(), from);
    }

    private Damage missingAfter(Segment segment, Segment next) throws IOException {
        try (GroupScanner groups = open(segment)) {
            return Replay.missingAfter(groups, next);
        }
    }

    private static long lowestNeeded(LogState state) {
        return state.readers().isEmpty() ? NOBODY_KNOWS : state.lowestWatermark();
    }

    /** Gives up segments that no reader needs any more, unless such are to be kept for a while; and those of which the next one voids all. */
    private void release(LogState state) {
        long lowestNeeded = lowestNeeded(state);
        Slot.Used next = null;
        for (Slot.Used slot : List.copyOf(used.descendingMap().values())) {
            if (next != null) {
                SegmentHeader follower = next.segment().header();
                boolean isVoid = follower.firstSequence() <= slot.segment().firstSequence();
                boolean isDone = follower.firstSequence() <= lowestNeeded
                        && settings.retention().isZero();
                if (isVoid || isDone) {
                    used.remove(slot.segment().number());
                    free(slot, slot.fileBytes());
                    continue;
                }
            }
            if (slot.firstBlock() == Slot.FirstBlock.DAMAGED) {
                quarantine.setFirstBlockAside(slot.segment(), highestNumber, this::addLoss);
            }
            next = slot;
        }
    }

    /** A slot of another size was made under another setting, or its making was cut short: it goes. */
    private void free(Slot slot, long fileBytes) {
        if (fileBytes == settings.segmentBytes()) {
            free.add(new Recovered.FreeSlot(slot.storage(), slot.name()));
            return;
        }
        try {
            slot.storage().delete(slot.name());
        } catch (IOException e) {
            LOG.warn(
                    "channel {}: {} is of no use any more, and cannot be deleted: {}",
                    settings.name(),
                    slot.storage().path().resolve(slot.name()),
                    e.toString());
        }
    }

    private void setAside(Damage damage) {
        quarantine.setAside(damage, highestNumber, this::addLoss);
    }

    private void addKnownLoss(long events, long bytes) {
        knownLostEvents += events;
        knownSetAsideBytes += bytes;
    }

    private void addLoss(long events, long bytes) {
        lostEvents += events;
        setAsideBytes += bytes;
    }
}
