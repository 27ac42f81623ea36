package org.millrace.durable.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;

/**
 * What stands in a log's directories at one moment, as far as the heads of their files tell. For tools: nothing is changed, no lock is
 * needed. Immutable.
 *
 * @param logId null if nothing says which log it is
 * @param directories as they were given
 * @param slots of all directories, in their order
 */
public record LogView(@Nullable UUID logId, List<Directory> directories, List<FoundSlot> slots) {
    /** An agent that rolls or deletes a slot while we look makes us look again; not for ever. */
    private static final int MOST_LOOKS = 10;

    /**
     * A directory.
     *
     * @param number which one of {@code of} it is, from 1; 0 if it does not say
     * @param logId null if it does not say
     * @param segmentBytes size of the slots that are made here; 0 if it does not say
     * @param trouble why it cannot be told what it is; null if it can
     */
    public record Directory(
            Storage storage,
            @Nullable UUID logId,
            int number,
            int of,
            long segmentBytes,
            @Nullable String trouble) {}

    /** What a slot holds. */
    public enum Kind {
        /** A segment whose first group is there. Whether anybody needs it is another question. */
        SEGMENT,
        /** Nothing, or a segment whose first write was cut off: the log went on, or will, in another one. */
        FREE,
        /** Bytes that make no sense. */
        DAMAGED,
        /** A segment of another log, of a later format, or one that cannot be read. */
        FOREIGN
    }

    /**
     * A slot.
     *
     * @param header null if it is neither a segment nor was one
     * @param note what is to be said of it; may be empty
     * @param lostTo behind the last event of a segment that cannot be read, as the heads of its groups tell; 0 if no event is lost with it
     */
    public record FoundSlot(
            Storage storage,
            String slot,
            long fileBytes,
            Kind kind,
            @Nullable SegmentHeader header,
            String note,
            long lostTo) {
        FoundSlot(
                Storage storage, String slot, long fileBytes, Kind kind, @Nullable SegmentHeader header, String note) {
            this(storage, slot, fileBytes, kind, header, note, 0);
        }

        /** The header of one that is a segment. */
        public SegmentHeader segment() {
            return Objects.requireNonNull(header, "no segment");
        }
    }

    /**
     * Looks, until it sees the same twice: files are looked at one after another, and an agent may be at work on them.
     *
     * @param ciphers null without keys
     */
    public static LogView of(List<Storage> directories, @Nullable SegmentCiphers ciphers) throws IOException {
        LogView before = null;
        for (int looks = 1; ; looks++) {
            try {
                LogView now = look(directories, ciphers);
                boolean isSame = before != null && now.heads().equals(before.heads());
                if (isSame || looks >= MOST_LOOKS) {
                    return now;
                }
                before = now;
            } catch (NoSuchFileException e) { // a slot was deleted while it was looked at
                if (looks >= MOST_LOOKS) {
                    throw e;
                }
            }
        }
    }

    private List<List<Object>> heads() {
        return slots.stream()
                .map(slot -> List.<Object>of(
                        slot.slot(),
                        slot.kind(),
                        slot.header() == null ? 0 : slot.header().salt()))
                .toList();
    }

    private static LogView look(List<Storage> storages, @Nullable SegmentCiphers ciphers) throws IOException {
        List<Directory> directories = new ArrayList<>();
        for (Storage storage : storages) {
            directories.add(directory(storage));
        }
        UUID logId = logId(directories);
        for (int i = 0; i < storages.size() && logId == null; i++) {
            logId = idIn(storages.get(i));
        }
        SlotInspector inspector = new SlotInspector(logId == null ? new UUID(0, 0) : logId);
        List<FoundSlot> slots = new ArrayList<>();
        ReadBuffers buffers = new ReadBuffers();
        for (Storage storage : storages) {
            for (Slot slot : inspector.inspect(storage)) {
                slots.add(found(slot, ciphers, buffers));
            }
            Set<String> there = Set.copyOf(SlotInspector.slots(storage));
            slots.removeIf(slot -> slot.storage() == storage && !there.contains(slot.slot())); // deleted since
        }
        return new LogView(logId, List.copyOf(directories), List.copyOf(slots));
    }

    private static Directory directory(Storage storage) {
        try {
            LogMeta meta = LogMeta.read(storage);
            if (meta == null) {
                return new Directory(storage, null, 0, 0, 0, "has no " + LogMeta.FILE);
            }
            String trouble = meta.format() > SegmentHeader.VERSION
                    ? "is of format " + meta.format() + ", written by a later version"
                    : null;
            return new Directory(
                    storage, meta.logId(), meta.directory(), meta.directories(), meta.segmentBytes(), trouble);
        } catch (IOException e) {
            return new Directory(storage, null, 0, 0, 0, e.getMessage());
        }
    }

    private static @Nullable UUID logId(List<Directory> directories) {
        return directories.stream()
                .map(Directory::logId)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** As a segment of the directory says. */
    private static @Nullable UUID idIn(Storage storage) throws IOException {
        for (String slot : SlotInspector.slots(storage)) {
            try {
                SegmentHeader header = SlotInspector.header(storage, slot);
                if (header != null) {
                    return header.logId();
                }
            } catch (IOException e) {
                // said of the slot
            }
        }
        return null;
    }

    private static FoundSlot found(Slot slot, @Nullable SegmentCiphers ciphers, ReadBuffers buffers) {
        if (slot instanceof Slot.Used used) {
            return segment(used, ciphers, buffers);
        }
        Storage storage = slot.storage();
        String name = slot.name();
        if (slot instanceof Slot.Blank blank) {
            return new FoundSlot(storage, name, blank.fileBytes(), Kind.FREE, null, "");
        }
        if (slot instanceof Slot.Garbage garbage) {
            return new FoundSlot(
                    storage, name, garbage.fileBytes(), Kind.DAMAGED, null, "nothing in it can be recognized");
        }
        if (slot instanceof Slot.Keyless keyless) {
            return keyless(keyless);
        }
        String why = slot instanceof Slot.Unusable unusable ? unusable.why() : "";
        return new FoundSlot(storage, name, 0, Kind.FOREIGN, null, why);
    }

    private static FoundSlot keyless(Slot.Keyless slot) {
        if (!slot.isForced()) {
            return new FoundSlot(
                    slot.storage(), slot.name(), slot.fileBytes(), Kind.FREE, null, "its first write was cut off");
        }
        return new FoundSlot(
                slot.storage(),
                slot.name(),
                slot.fileBytes(),
                Kind.DAMAGED,
                slot.segment().header(),
                "its first block is damaged, and with it its key is gone",
                slot.endSequence());
    }

    private static FoundSlot segment(Slot.Used used, @Nullable SegmentCiphers ciphers, ReadBuffers buffers) {
        Kind kind = Kind.SEGMENT;
        String note = used.firstBlock() == Slot.FirstBlock.DAMAGED
                ? "its first block is damaged, and was made up from what follows"
                : "";
        try {
            if (isCutOff(used.segment(), ciphers, buffers)) {
                kind = Kind.FREE;
                note = "its first write was cut off";
            }
        } catch (IOException e) {
            kind = Kind.FOREIGN;
            note = "cannot be read: " + e.getMessage();
        }
        return new FoundSlot(
                used.storage(),
                used.name(),
                used.fileBytes(),
                kind,
                used.segment().header(),
                note);
    }

    /** As a restart judges it; of an encrypted one whose key is not at hand the heads of its groups alone. */
    private static boolean isCutOff(Segment segment, @Nullable SegmentCiphers ciphers, ReadBuffers buffers)
            throws IOException {
        try (GroupScanner groups = GroupScanner.open(segment, KeylessCipher.OF_ALL, buffers)) {
            GroupHeader first = groups.header();
            if (first == null) {
                return groups.seekHeader() == null;
            }
            groups.skip(first);
            if (groups.header() != null || !hasKey(segment, ciphers)) {
                return false; // as a rule: two blocks tell
            }
        }
        try (GroupScanner groups = GroupScanner.open(segment, ciphers, buffers)) {
            return SegmentBeginning.of(groups) == SegmentBeginning.NONE;
        }
    }

    private static boolean hasKey(Segment segment, @Nullable SegmentCiphers ciphers) {
        if (segment.header().keyName().isEmpty()) {
            return true;
        }
        if (ciphers == null) {
            return false;
        }
        try {
            ciphers.of(segment.header());
            return true;
        } catch (SegmentCiphers.UnknownKeyException e) {
            return false;
        }
    }

    /** The segments, oldest first. Whether all of them are still needed is another question. */
    public List<FoundSlot> segments() {
        return slots.stream()
                .filter(slot -> slot.kind() == Kind.SEGMENT)
                .sorted(Comparator.comparingLong(slot -> slot.segment().number()))
                .toList();
    }

    /**
     * The log has reached this, whatever stands in the segment before: the first block of the next one says so, though its first group
     * was cut off. {@link SegmentWalk#NEWEST} if there is none such.
     *
     * @param number of the newest segment
     */
    public long provenEnd(long number) {
        return slots.stream()
                .filter(slot -> slot.kind() == Kind.FREE && slot.header() != null)
                .filter(slot -> slot.segment().number() > number)
                .mapToLong(slot -> slot.segment().firstSequence())
                .max()
                .orElse(SegmentWalk.NEWEST);
    }

    /** Whether a bad place has been set aside already, by an agent that came across it. */
    public static boolean isSetAside(FoundSlot slot, SegmentWalk.BadPlace place) {
        return Quarantine.isNoted(slot.storage(), slot.segment().number(), place.from());
    }

    /**
     * Whether an agent has noted that events are missing somewhere.
     *
     * @param offset behind the last group of a segment; 0 for what is missing before it
     */
    public static boolean isGapNoted(FoundSlot slot, long offset) {
        return Quarantine.isNoted(slot.storage(), slot.segment().number(), offset);
    }

    /** Whether an agent has noted that the first block of this segment is damaged. */
    public static boolean isFirstBlockNoted(FoundSlot slot) {
        return Quarantine.isFirstBlockNoted(slot.storage(), slot.segment().number());
    }
}
