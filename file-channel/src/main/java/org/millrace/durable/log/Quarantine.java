package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets damage aside: copies the bytes into the directory {@code quarantine} beside the segment, with a note, and has the loss counted.
 * A place that is found again, by another reader or after a restart, is not counted again. Thread-safe.
 */
final class Quarantine {
    static final String DIRECTORY = "quarantine/";

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final int PART_BYTES = 4 << 20;

    private final String channel;
    private final InstantSource clock;
    /** Notes of this process. */
    private final Set<String> noted = new HashSet<>();
    /** Losses that were noted before this segment was begun are counted in its snapshot. */
    private volatile long snapshotOf;

    Quarantine(String channel, InstantSource clock) {
        this.channel = channel;
        this.clock = clock;
    }

    /** @param number of the segment whose snapshot the count goes on from */
    void countFrom(long number) {
        snapshotOf = number;
    }

    /**
     * Sets a place aside, if that has not been done before.
     *
     * @param newestSegment number of the segment that is the newest at the moment
     * @param losses is told what has not been counted so far
     */
    synchronized void setAside(Damage damage, long newestSegment, Losses losses) {
        Storage storage = damage.segment().storage();
        String name =
                DIRECTORY + "segment-%06d-at-%08d".formatted(damage.segment().number(), damage.from());
        if (!noted.add(storage.path() + "/" + name)) {
            return;
        }
        byte[] before = noteBefore(storage, name + ".json");
        if (before != null && DamageNote.newestSegment(before) < snapshotOf) {
            return;
        }
        long bytes = copy(damage);
        losses.add(damage.lostEvents(), bytes);
        LOG.error("channel {}: set aside {}", channel, damage.describe());
        write(storage, name + ".json", DamageNote.of(damage, bytes, newestSegment, clock.instant()));
    }

    /** Moves a slot that cannot be used as it is out of the way; false if that fails too. */
    boolean setAside(Storage storage, String slot, String why) {
        String name = DIRECTORY + slot.replace(Segment.SLOT_SUFFIX, "") + "-" + clock.millis();
        try {
            storage.rename(slot, name + Segment.SLOT_SUFFIX);
        } catch (IOException e) {
            LOG.error(
                    "channel {}: {}: {}; it stays where it is, unused, for it cannot be moved: {}",
                    channel,
                    storage.path().resolve(slot),
                    why,
                    e.toString());
            return false;
        }
        LOG.error("channel {}: {}: {}; moved to {}", channel, storage.path().resolve(slot), why, name);
        write(storage, name + ".json", DamageNote.ofFile(slot, why, clock.instant()));
        return true;
    }

    private static byte @Nullable [] noteBefore(Storage storage, String name) {
        try {
            return storage.readAll(name);
        } catch (IOException e) {
            return null; // as a rule: there is none
        }
    }

    /** Copies what can be read and is not all zeros, in files of {@link #PART_BYTES} at most; gives the damaged bytes. */
    private long copy(Damage damage) {
        long bytes = 0;
        try (StorageFile file = damage.segment().storage().open(damage.segment().slot(), Storage.Access.READ)) {
            for (long at = damage.from(); at < damage.to(); at += PART_BYTES) {
                byte[] part = readable(file, at, (int) Math.min(PART_BYTES, damage.to() - at));
                int length = withoutZeros(part);
                bytes += length;
                if (length > 0) {
                    String name = DIRECTORY
                            + "segment-%06d-at-%08d.bytes"
                                    .formatted(damage.segment().number(), at);
                    write(damage.segment().storage(), name, Arrays.copyOf(part, length));
                }
            }
        } catch (IOException e) {
            LOG.warn("channel {}: {} cannot be copied: {}", channel, damage.segment(), e.toString());
        }
        return bytes;
    }

    /** Zeros where a block cannot be read. */
    private static byte[] readable(StorageFile file, long from, int length) {
        byte[] part = new byte[length];
        for (int at = 0; at < length; at += Blocks.BYTES) {
            try {
                file.read(ByteBuffer.wrap(part, at, Math.min(Blocks.BYTES, length - at)), from + at);
            } catch (IOException e) {
                Arrays.fill(part, at, Math.min(at + Blocks.BYTES, length), (byte) 0);
            }
        }
        return part;
    }

    private static int withoutZeros(byte[] part) {
        int length = part.length;
        while (length > 0 && part[length - 1] == 0) {
            length--;
        }
        return length;
    }

    private void write(Storage storage, String name, byte[] content) {
        try {
            storage.replace(name, content);
        } catch (IOException e) {
            LOG.warn(
                    "channel {}: {} cannot be written: {}",
                    channel,
                    storage.path().resolve(name),
                    e.toString());
        }
    }
}
