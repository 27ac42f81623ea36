package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.format.GroupHeader;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.millrace.durable.storage.SystemErrors;

/** Tells from its first blocks what a slot holds. Where the very first one is damaged, from its groups. */
final class SlotInspector {
    private static final int SALT_AT = 8;
    private static final int LSN_AT = 16;

    private final UUID logId;

    SlotInspector(UUID logId) {
        this.logId = logId;
    }

    /** Names of a directory's slots. */
    static List<String> slots(Storage storage) throws IOException {
        return storage.list().stream()
                .filter(name -> name.startsWith(Segment.SLOT_PREFIX) && name.endsWith(Segment.SLOT_SUFFIX))
                .toList();
    }

    /** The header in a slot's first block; null if there is none that is sound. */
    static @Nullable SegmentHeader header(Storage storage, String slot) throws IOException {
        try (StorageFile file = storage.open(slot, Storage.Access.READ)) {
            return SegmentHeader.read(block(file, 0));
        }
    }

    /**
     * Looks at all slots of a directory; at one that cannot be read once more behind all others.
     *
     * @throws AccessDeniedException if one is not for this process: nothing is wrong with it
     * @throws IOException if this process can open no more files, or the disk does not answer: there are slots, and at last none of them can be read
     */
    List<Slot> inspect(Storage storage) throws IOException {
        List<Slot> found = new ArrayList<>();
        Map<String, IOException> failed = look(storage, slots(storage), found);
        failed = look(
                storage,
                List.copyOf(failed.keySet()),
                found); // a shortage may have passed, in whatever words it is told
        for (IOException failure : failed.values()) {
            if (found.isEmpty()) {
                throw failure;
            }
            lookTwice(storage, found.get(0).name()); // once it could be read: is it that one file, or is the disk gone?
        }
        failed.forEach((slot, failure) -> found.add(new Slot.Unusable(
                storage,
                slot,
                "cannot be read, so that nobody knows how many events are lost with it, nor from where on: "
                        + failure)));
        return found;
    }

    /** Adds those that can be read, and gives the others. */
    private Map<String, IOException> look(Storage storage, List<String> slots, List<Slot> found) throws IOException {
        Map<String, IOException> failed = new LinkedHashMap<>();
        for (String slot : slots) {
            try {
                found.add(lookTwice(storage, slot));
            } catch (AccessDeniedException e) {
                throw e;
            } catch (IOException e) {
                if (SystemErrors.isShortage(e)) {
                    throw e; // the slot is as sound as any: moved away, it would be lost
                }
                failed.put(slot, e);
            }
        }
        return failed;
    }

    private Slot lookTwice(Storage storage, String slot) throws IOException {
        try {
            return look(storage, slot);
        } catch (IOException once) {
            return look(storage, slot);
        }
    }

    private Slot look(Storage storage, String slot) throws IOException {
        try (StorageFile file = storage.open(slot, Storage.Access.READ)) {
            ByteBuffer block;
            try {
                block = firstBlock(file);
            } catch (IOException e) {
                Slot rebuilt = rebuild(storage, slot, file, true);
                if (rebuilt instanceof Slot.Garbage) {
                    throw e; // nothing else can be read either
                }
                return rebuilt;
            }
            return switch (SegmentHeader.stateOf(block)) {
                case USED -> used(storage, slot, file, Objects.requireNonNull(SegmentHeader.read(block)));
                case FOREIGN ->
                    new Slot.Unusable(
                            storage, slot, "is of a format that this version does not know: " + block.getShort(8));
                case FREE ->
                    isZero(block(file, Blocks.BYTES))
                            ? new Slot.Blank(storage, slot, file.size())
                            : rebuild(storage, slot, file, false);
                case DAMAGED -> rebuild(storage, slot, file, false);
            };
        }
    }

    private static ByteBuffer firstBlock(StorageFile file) throws IOException {
        try {
            return block(file, 0);
        } catch (IOException once) {
            return block(file, 0);
        }
    }

    private Slot used(Storage storage, String slot, StorageFile file, SegmentHeader header) throws IOException {
        if (!header.logId().equals(logId)) {
            return new Slot.Unusable(storage, slot, "belongs to another log: " + header.logId());
        }
        if (header.segmentBytes() < 2 * Blocks.BYTES || header.number() < 1 || header.firstSequence() < 0) {
            return new Slot.Unusable(storage, slot, "makes no sense: " + header);
        }
        return new Slot.Used(new Segment(storage, slot, header), file.size(), Slot.FirstBlock.SOUND);
    }

    /**
     * Group headers carry all that the first block says, but for the log's id, the sender's and the key. Groups of an earlier use of the slot may
     * stand behind those of the last one; the highest number is the last one's.
     *
     * @param isUnreadable what the disk does not give was there once: a write that is cut short leaves something to be read
     */
    private Slot rebuild(Storage storage, String slot, StorageFile file, boolean isUnreadable) {
        long fileBytes = size(file) & -Blocks.BYTES;
        Heads found = null;
        for (long at = Blocks.BYTES; at < fileBytes; at += Blocks.BYTES) {
            GroupHeader group = groupAt(file, at);
            long number = group == null ? 0 : (group.lsn() - at) / fileBytes;
            if (group == null || number < 1 || number * fileBytes + at != group.lsn()) {
                continue;
            }
            if (found == null || found.number < number) {
                found = new Heads(number, at, group);
            }
            if (found.number == number) {
                found.add(group, number * fileBytes);
            }
        }
        if (found == null) {
            return new Slot.Garbage(storage, slot, size(file));
        }
        boolean isForced = found.isForced || isUnreadable;
        SegmentHeader header = new SegmentHeader(
                found.first.salt(),
                logId,
                found.number,
                fileBytes,
                found.first.firstSequence(),
                found.first.epochMillis(),
                "",
                new byte[0],
                null);
        Segment segment = new Segment(storage, slot, header);
        return found.first.isEncrypted()
                ? new Slot.Keyless(segment, size(file), found.startsAt(), found.endSequence, isForced)
                : new Slot.Used(segment, size(file), isForced ? Slot.FirstBlock.DAMAGED : Slot.FirstBlock.TORN);
    }

    /** What the headers of a segment's groups say together. */
    private static final class Heads {
        final long number;
        final long firstAt;
        final GroupHeader first;
        long endSequence;
        boolean isForced;

        Heads(long number, long firstAt, GroupHeader first) {
            this.number = number;
            this.firstAt = firstAt;
            this.first = first;
        }

        void add(GroupHeader group, long baseLsn) {
            endSequence = Math.max(endSequence, GroupScanner.endSequence(group));
            isForced |= group.durableLsn() > baseLsn + Blocks.BYTES;
        }

        /** The first block and the first group were one write. */
        long startsAt() {
            return firstAt == Blocks.BYTES ? first.firstSequence() : -1;
        }
    }

    private static long size(StorageFile file) {
        try {
            return file.size();
        } catch (IOException e) {
            return 0;
        }
    }

    /** A sound header of any salt; null if there is none, or the disk does not give it. */
    private static @Nullable GroupHeader groupAt(StorageFile file, long at) {
        try {
            ByteBuffer block = block(file, at);
            return block.limit() < GroupHeader.BYTES
                    ? null
                    : GroupHeader.read(block, 0, block.getInt(SALT_AT), block.getLong(LSN_AT));
        } catch (IOException e) {
            return null;
        }
    }

    private static ByteBuffer block(StorageFile file, long at) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(Blocks.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.read(block, at);
        return block.flip();
    }

    private static boolean isZero(ByteBuffer block) {
        for (int at = 0; at < block.limit(); at++) {
            if (block.get(at) != 0) {
                return false;
            }
        }
        return true;
    }
}
