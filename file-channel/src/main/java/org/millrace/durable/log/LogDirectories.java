package org.millrace.durable.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.SegmentHeader;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.SystemErrors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which log some directories hold, and whether they are all that it has. */
final class LogDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private final LogSettings settings;
    private final List<Storage> directories;
    /** As in {@code directories}; null where there is none that can be read. */
    private final List<@Nullable LogMeta> metas = new ArrayList<>();

    LogDirectories(LogSettings settings, List<Storage> directories) {
        this.settings = settings;
        this.directories = directories;
    }

    /**
     * The log's id; a fresh one if there is nothing yet. Leaves a {@code log.meta} in each directory.
     *
     * @throws IOException if they belong to different logs, or to one of a later version, if one is missing or not for this process
     */
    UUID identify() throws IOException {
        for (Storage directory : directories) {
            metas.add(meta(directory));
        }
        UUID logId = idInMetas();
        if (logId == null) {
            logId = idInSegments();
        } else {
            refuseMissing(logId);
        }
        UUID known = logId == null ? UUID.randomUUID() : logId;
        writeMetas(known);
        return known;
    }

    private @Nullable LogMeta meta(Storage directory) throws IOException {
        try {
            return LogMeta.read(directory);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (IOException once) {
            try {
                return LogMeta.read(directory);
            } catch (IOException twice) {
                if (SystemErrors.isShortage(twice)) {
                    throw twice; // nothing is wrong with the file
                }
                LOG.warn("channel {}: {}; it is written anew", settings.name(), twice.getMessage());
                return null;
            }
        }
    }

    private @Nullable UUID idInMetas() throws IOException {
        UUID logId = null;
        for (int i = 0; i < metas.size(); i++) {
            LogMeta meta = metas.get(i);
            if (meta == null) {
                continue;
            }
            if (meta.format() > SegmentHeader.VERSION) {
                throw new IOException(directories.get(i).path() + " is of format " + meta.format()
                        + ", written by a later version (expected: " + SegmentHeader.VERSION + ")");
            }
            if (logId != null && !logId.equals(meta.logId())) {
                throw new IOException(
                        directories.get(i).path() + " belongs to another log than the directories before it: "
                                + meta.logId() + " (expected: " + logId + ")");
            }
            logId = meta.logId();
        }
        return logId;
    }

    /**
     * The id in the segment that was begun last; null if there is no segment.
     *
     * @throws IOException if there are slots and none can be read: with a fresh id they would all be of another log
     */
    private @Nullable UUID idInSegments() throws IOException {
        SegmentHeader newest = null;
        IOException failure = null;
        for (Storage directory : directories) {
            for (String slot : SlotInspector.slots(directory)) {
                try {
                    SegmentHeader header = SlotInspector.header(directory, slot);
                    if (header != null && (newest == null || header.epochMillis() > newest.epochMillis())) {
                        newest = header;
                    }
                } catch (IOException e) {
                    failure = e;
                }
            }
        }
        if (newest == null && failure != null) {
            throw failure;
        }
        return newest == null ? null : newest.logId();
    }

    private static @Nullable SegmentHeader headerOrNull(Storage directory, String slot) {
        try {
            return SlotInspector.header(directory, slot);
        } catch (IOException e) {
            return null; // the inspection that follows reports it
        }
    }

    /**
     * The next segment may be in any directory, so without one of them nobody can tell where the log ends: events would be given the
     * numbers of others that are acked, and readers go back to old positions.
     */
    private void refuseMissing(UUID logId) throws IOException {
        Set<Integer> missing = new TreeSet<>();
        for (LogMeta meta : metas) {
            for (int directory = 1; meta != null && directory <= meta.directories(); directory++) {
                missing.add(directory);
            }
        }
        int withoutMeta = 0;
        for (int i = 0; i < metas.size(); i++) {
            LogMeta meta = metas.get(i);
            if (meta != null) {
                missing.remove(meta.directory());
            } else if (holds(directories.get(i), logId)) {
                withoutMeta++;
            }
        }
        if (missing.size() > withoutMeta) {
            throw new IOException("of the directories of log " + logId + ", number " + missing
                    + " is missing: give it back (a disk that is not mounted?), or, to go on without its events for good, delete "
                    + LogMeta.FILE + " from the others: "
                    + directories.stream().map(Storage::path).toList());
        }
    }

    private static boolean holds(Storage directory, UUID logId) throws IOException {
        for (String slot : SlotInspector.slots(directory)) {
            SegmentHeader header = headerOrNull(directory, slot);
            if (header != null && header.logId().equals(logId)) {
                return true;
            }
        }
        return false;
    }

    /**
     * A directory keeps its number for good. New ones say who they are, one after the other, before any tells of those behind it:
     * wherever this is cut short, nobody misses a directory that is there.
     */
    private void writeMetas(UUID logId) {
        int[] numbers = numbers();
        boolean isComplete = true;
        for (int i = 0; isComplete && i < numbers.length; i++) {
            isComplete = metas.get(i) != null || writeMeta(logId, i, numbers[i], numbers[i]);
        }
        for (int i = 0; isComplete && i < numbers.length; i++) {
            writeMeta(logId, i, numbers[i], directories.size());
        }
    }

    /** Directories without a number get those that nobody has, from the lowest on. */
    private int[] numbers() {
        Set<Integer> taken = new TreeSet<>();
        for (LogMeta meta : metas) {
            if (meta != null) {
                taken.add(meta.directory());
            }
        }
        int[] numbers = new int[metas.size()];
        int next = 1;
        for (int i = 0; i < numbers.length; i++) {
            LogMeta meta = metas.get(i);
            while (meta == null && !taken.add(next)) {
                next++;
            }
            numbers[i] = meta == null ? next : meta.directory();
        }
        return numbers;
    }

    private boolean writeMeta(UUID logId, int i, int number, int count) {
        Storage directory = directories.get(i);
        LogMeta meta = new LogMeta(logId, SegmentHeader.VERSION, settings.segmentBytes(), number, count);
        if (meta.equals(metas.get(i))) {
            return true;
        }
        try {
            meta.write(directory);
            metas.set(i, meta);
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "channel {}: cannot write {} in {}: {}",
                    settings.name(),
                    LogMeta.FILE,
                    directory.path(),
                    e.toString());
            return false;
        }
    }
}
