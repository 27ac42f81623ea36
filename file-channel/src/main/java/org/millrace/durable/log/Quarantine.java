package org.millrace.durable.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets damage aside: copies the bytes into the directory {@code quarantine} beside the segment, with a note, and has the loss counted.
 * A place that is found again, by another reader or after a restart, is neither told of nor counted again; one that has grown, as the
 * end of the log may, is for what has come to it. Thread-safe.
 */
final class Quarantine {
    static final String DIRECTORY = "quarantine/";

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final Pattern NOTE =
            Pattern.compile("(.*segment-\\d+-(?:at-\\d+|first-block))(?:-from-\\d+)?\\.json");
    private static final Pattern TORN_NOTE = Pattern.compile(".*torn-(\\d+)-at-(\\d+)\\.json");
    private static final int PART_BYTES = 4 << 20;

    private final String channel;
    private final InstantSource clock;
    /** By place: the sequence behind the last event that has been counted for it. */
    private final Map<String, Long> noted = new HashMap<>();

    Quarantine(String channel, InstantSource clock) {
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Knows what processes before this one have set aside. What they noted when a segment was the newest that is older than the
     * snapshot's, that snapshot has counted; the rest is counted now.
     *
     * @param snapshotOf number of the segment whose snapshot the count goes on from; 0 if there is none
     * @param uncounted is told of each note that the snapshot does not know
     */
    synchronized void know(List<Storage> directories, long snapshotOf, Losses uncounted) {
        for (Storage storage : directories) {
            try {
                for (String file : storage.list(DIRECTORY.substring(0, DIRECTORY.length() - 1))) {
                    Matcher name = NOTE.matcher(file);
                    Matcher torn = TORN_NOTE.matcher(file);
                    if (name.matches()) {
                        know(storage, name.group(1), storage.readAll(file), snapshotOf, uncounted);
                    } else if (torn.matches()) {
                        String place = nameOf(Long.parseLong(torn.group(1)), Long.parseLong(torn.group(2)));
                        know(storage, place, DamageNote.number(storage.readAll(file), "toSequence"));
                    }
                }
            } catch (IOException e) {
                LOG.warn(
                        "channel {}: notes on damage cannot be read in {}, so that the loss may be counted wrongly: {}",
                        channel,
                        storage.path().resolve(DIRECTORY),
                        e.toString());
            }
        }
    }

    private void know(Storage storage, String name, byte[] note, long snapshotOf, Losses uncounted) {
        know(storage, name, DamageNote.number(note, "toSequence"));
        if (DamageNote.number(note, "newestSegment") >= snapshotOf) {
            uncounted.add(
                    Math.max(0, DamageNote.number(note, "lostEvents")),
                    Math.max(0, DamageNote.number(note, "setAsideBytes")));
        }
    }

    private void know(Storage storage, String name, long toSequence) {
        noted.merge(storage.path() + "/" + name, toSequence, Math::max);
    }

    private static String nameOf(long segment, long from) {
        return DIRECTORY + String.format(Locale.ROOT, "segment-%06d-at-%08d", segment, from);
    }

    private static String firstBlockOf(long segment) {
        return DIRECTORY + String.format(Locale.ROOT, "segment-%06d-first-block", segment);
    }

    /** Whether a place has been set aside, by whichever process. */
    static boolean isNoted(Storage storage, long segment, long from) {
        return exists(storage, nameOf(segment, from));
    }

    /** Whether it has been noted that the first block of a segment is damaged. */
    static boolean isFirstBlockNoted(Storage storage, long segment) {
        return exists(storage, firstBlockOf(segment));
    }

    private static boolean exists(Storage storage, String name) {
        try {
            return storage.readAll(name + ".json").length > 0;
        } catch (IOException e) {
            return false; // as a rule: there is none
        }
    }

    /**
     * Sets a place aside, if that has not been done before.
     *
     * @param newestSegment number of the segment that is the newest at the moment
     * @param losses is told what has not been counted so far
     */
    synchronized void setAside(Damage damage, long newestSegment, Losses losses) {
        String name = nameOf(damage.segment().number(), damage.from());
        String place = damage.segment().storage().path() + "/" + name;
        Long known = noted.get(place);
        if (known == null) {
            setAside(damage, name, newestSegment, losses);
        } else if (known < damage.toSequence()) {
            Damage more = damage.from(known);
            setAside(more, name + "-from-" + more.fromSequence(), newestSegment, losses);
        }
        noted.merge(place, damage.toSequence(), Math::max);
    }

    /**
     * Keeps a copy of what looks like a write that was cut short, in case it was none. As far as anybody can tell it costs nothing, and
     * it is not counted; nor is it damage to readers that come by.
     */
    synchronized void keepTorn(Damage damage) {
        Segment segment = damage.segment();
        know(segment.storage(), nameOf(segment.number(), damage.from()), damage.toSequence());
        String name = DIRECTORY + String.format(Locale.ROOT, "torn-%06d-at-%08d", segment.number(), damage.from());
        if (exists(segment.storage(), name)) {
            return;
        }
        long bytes = copy(damage, "torn");
        LOG.warn(
                "channel {}: {}, bytes {} to {}: {}; a copy is kept in {}",
                channel,
                segment,
                damage.from(),
                damage.to(),
                damage.why(),
                segment.storage().path().resolve(name));
        write(segment.storage(), name + ".json", DamageNote.of(damage, bytes, segment.number(), clock.instant()));
    }

    /** What it said stands in the groups too: it costs nothing. */
    synchronized void setFirstBlockAside(Segment segment, long newestSegment, Losses losses) {
        long first = segment.firstSequence();
        String name = firstBlockOf(segment.number());
        if (noted.put(segment.storage().path() + "/" + name, first) == null) {
            String why = "its first block is damaged; what it said stands in the groups too";
            setAside(new Damage(segment, 0, Blocks.BYTES, first, first, why), name, newestSegment, losses);
        }
    }

    private void setAside(Damage damage, String name, long newestSegment, Losses losses) {
        long bytes = copy(damage, "segment");
        losses.add(damage.lostEvents(), bytes);
        LOG.error("channel {}: set aside {}", channel, damage.describe());
        write(damage.segment().storage(), name + ".json", DamageNote.of(damage, bytes, newestSegment, clock.instant()));
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

    /**
     * Copies what can be read and is not all zeros, in files of {@link #PART_BYTES} at most; gives the damaged bytes.
     *
     * @param what the files' names begin with
     */
    private long copy(Damage damage, String what) {
        long bytes = 0;
        try (StorageFile file = damage.segment().storage().open(damage.segment().slot(), Storage.Access.READ)) {
            for (long at = damage.from(); at < damage.to(); at += PART_BYTES) {
                byte[] part = readable(file, at, (int) Math.min(PART_BYTES, damage.to() - at));
                int length = withoutZeros(part);
                bytes += length;
                if (length > 0) {
                    String name = DIRECTORY
                            + String.format(
                                    Locale.ROOT,
                                    "%s-%06d-at-%08d.bytes",
                                    what,
                                    damage.segment().number(),
                                    at);
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
