package org.millrace.durable;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Settings;
import org.millrace.api.support.EventCapacity;
import org.millrace.durable.crypto.Encryption;
import org.millrace.durable.format.Blocks;
import org.millrace.durable.log.Durability;
import org.millrace.durable.log.DurableLog;
import org.millrace.durable.storage.DirectWrites;

/**
 * What the file says of a file channel: Flume's keys and ours.
 *
 * @param directories of the log, at least one
 * @param readers none: the channel itself is the only one
 * @param durability when a put counts as safe
 * @param forceInterval how often {@link Durability#INTERVAL} forces
 * @param directWrites whether the log is written past the page cache
 * @param groupBytes the most that is written at once, unless a single put is longer
 * @param retention how long a segment that all readers are done with is kept
 * @param waitForPositions whether a commit of what was taken waits until the position is as safe as a put
 * @param encryption null: none
 */
record FileChannelSettings(
        List<Path> directories,
        ChannelLimits limits,
        List<String> readers,
        Durability durability,
        Duration forceInterval,
        DirectWrites directWrites,
        int groupBytes,
        Duration retention,
        boolean waitForPositions,
        @Nullable Encryption encryption) {
    static final String DIRECTORIES = "dataDirs";
    static final String BYTE_CAPACITY = "byteCapacity";
    static final String SEGMENT_SIZE = "segmentSize";
    static final String RESERVE = "minimumRequiredSpace";
    static final String READERS = "readers";
    private static final String MOST_FILE_SIZE = "maxFileSize";
    private static final String DURABILITY = "durability";
    private static final String FORCE_INTERVAL = "forceInterval";
    private static final String FSYNC_EACH = "fsyncPerTransaction";
    private static final String FSYNC_INTERVAL = "fsyncInterval";
    private static final String GROUP = "groupBytes";
    private static final String CACHE = "cacheBytes";

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long LEAST_SEGMENT = MIB;
    private static final long MOST_SEGMENT = 1 << 30;
    private static final long DEFAULT_SEGMENT = 64 * MIB;
    private static final long LEAST_GROUP = 64 * KIB;
    private static final long MOST_GROUP = 64 * MIB;
    private static final long DEFAULT_GROUP = 4 * MIB;
    private static final long MOST_DEFAULT_CACHE = 64 * MIB;
    private static final int HEAP_SHARE = 8;
    private static final Duration DEFAULT_FORCE_INTERVAL = Duration.ofMillis(50);
    private static final Duration DEFAULT_FSYNC_INTERVAL = Duration.ofSeconds(5);

    /** When a position is durable. */
    private enum PositionDurability {
        LAZY,
        ALWAYS
    }

    /**
     * @param home of the user, where Flume's default directory is
     * @param maxHeapBytes what the JVM may use
     * @param caches of the channels whose {@code cacheBytes} the file does not say
     */
    static FileChannelSettings read(Settings settings, Path home, long maxHeapBytes, CacheShare caches) {
        EventCapacity room = EventCapacity.read(settings, 1_000_000, 10_000);
        List<Path> directories = settings.value(
                        DIRECTORIES,
                        "directories separated by commas",
                        FileChannelSettings::directories,
                        List.<Path>of())
                .about("directories for the log; several are used in turn")
                .byDefault("~/.flume/file-channel/data")
                .orElse(List.of(home.resolve(".flume/file-channel/data")));
        directories.forEach(directory -> settings.claim(DIRECTORIES, directory));
        long segmentBytes = segmentBytes(settings);
        long byteCapacity = settings.bytes(BYTE_CAPACITY, 0, Long.MAX_VALUE)
                .about("bytes of events as encoded, headers included, that fit in; 0: as many as the disk has")
                .orElse(0L);
        long heapShare = maxHeapBytes / HEAP_SHARE;
        ChannelLimits limits = new ChannelLimits(
                room,
                byteCapacity == 0 ? Long.MAX_VALUE : byteCapacity,
                segmentBytes,
                settings.bytes(RESERVE, 0, Long.MAX_VALUE)
                        .about("bytes of the disk that are left free; with less, puts are refused")
                        .orElse(524_288_000L),
                heapShare,
                heapShare,
                settings.bytes(CACHE, 0, maxHeapBytes / 2)
                        .about("bytes of memory that the newest events may hold, kept for the sinks")
                        .expecting("a number of bytes, such as 1048576 or 1MiB, at most half the heap")
                        .byDefault("an eighth of the heap, at most 67108864, and of all channels together a quarter")
                        .orElse(Math.min(heapShare, MOST_DEFAULT_CACHE)),
                settings.has(CACHE) ? CacheShare.unlimited() : caches);
        noteWhatHasNoMeaning(settings);
        boolean fsyncEach = settings.bool(FSYNC_EACH)
                .about("whether a put is safe only when it is forced to disk; false means durability = interval")
                .orElse(true);
        Durability durability = durability(settings, fsyncEach);
        return new FileChannelSettings(
                directories,
                limits,
                readers(settings),
                durability,
                forceInterval(settings, fsyncEach),
                directWrites(settings, durability),
                groupBytes(settings, segmentBytes),
                settings.duration("retention", ChronoUnit.SECONDS, 0, Integer.MAX_VALUE)
                        .about("how long a segment is kept that all readers are done with")
                        .orElse(Duration.ZERO),
                settings.oneOf("positionDurability", PositionDurability.class)
                                .about("whether a sink waits until its position is as safe as a put")
                                .orElse(PositionDurability.LAZY)
                        == PositionDurability.ALWAYS,
                Encryption.read(settings));
    }

    private static List<Path> directories(String text) {
        List<Path> directories = Arrays.stream(text.split(","))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .map(Path::of)
                .toList();
        if (directories.isEmpty()) {
            throw new IllegalArgumentException("at least one");
        }
        if (directories.stream().map(Path::normalize).distinct().count() < directories.size()) {
            throw new IllegalArgumentException("each once");
        }
        return directories;
    }

    private static List<String> readers(Settings settings) {
        List<String> readers = settings.words(READERS)
                .about(
                        "names of readers: each sees every event, and each sink names its own; none: the sinks share the events")
                .orElse(List.of());
        boolean isEmpty = settings.has(READERS) && readers.isEmpty();
        if (isEmpty || readers.stream().anyMatch(name -> name.contains(","))) {
            settings.problem(
                    READERS,
                    (isEmpty ? "empty" : String.join(" ", readers)) + " (expected: names separated by blanks)");
        }
        return readers;
    }

    private static long segmentBytes(Settings settings) {
        long most = mostFileSize(settings);
        long bytes = settings.bytes(SEGMENT_SIZE, LEAST_SEGMENT, MOST_SEGMENT)
                .about("bytes of a segment of the log, whose space is taken in advance")
                .orElse(DEFAULT_SEGMENT);
        if (bytes > most && settings.has(SEGMENT_SIZE)) {
            settings.problem(
                    SEGMENT_SIZE, bytes + " (expected: at most " + MOST_FILE_SIZE + ", which is " + most + ")");
        }
        long least = Math.min(bytes, most);
        return least - least % Blocks.BYTES;
    }

    /** Flume takes any; what is less than a segment can be is no mistake of a file that was written for Flume. */
    private static long mostFileSize(Settings settings) {
        long most = settings.bytes(MOST_FILE_SIZE, 0, Long.MAX_VALUE)
                .about("Flume's limit for a file of the log; a segment is no longer than that, but 1 MiB at least")
                .byDefault("segmentSize")
                .orElse(Long.MAX_VALUE);
        if (most < LEAST_SEGMENT) {
            settings.note(MOST_FILE_SIZE, most + " counts as " + LEAST_SEGMENT + ": a segment is no smaller");
        }
        return Math.max(most, LEAST_SEGMENT);
    }

    private static int groupBytes(Settings settings, long segmentBytes) {
        long most = segmentBytes / DurableLog.LEAST_GROUPS;
        long bytes = settings.bytes(GROUP, LEAST_GROUP, MOST_GROUP)
                .about("the most that is written at once")
                .byDefault("4194304, at most a quarter of a segment")
                .orElse(Math.min(DEFAULT_GROUP, most));
        if (bytes > most) {
            settings.problem(GROUP, bytes + " (expected: at most a quarter of " + SEGMENT_SIZE + ", " + most + ")");
        }
        return (int) (bytes - bytes % Blocks.BYTES);
    }

    /** Flume's {@code fsyncPerTransaction=false} says in its words what {@code durability=interval} says in ours. */
    private static Durability durability(Settings settings, boolean fsyncEach) {
        Durability durability = settings.oneOf(DURABILITY, Durability.class)
                .about("when a put is safe: forced, forced every forceInterval, or handed to the system")
                .orElse(fsyncEach ? Durability.ALWAYS : Durability.INTERVAL);
        if (!fsyncEach && durability != Durability.INTERVAL) {
            settings.problem(FSYNC_EACH, "false (expected: to go with durability, which is not interval)");
        }
        return durability;
    }

    private static Duration forceInterval(Settings settings, boolean fsyncEach) {
        Duration flumes = settings.duration(FSYNC_INTERVAL, ChronoUnit.SECONDS, 1, 3600)
                .byDefault(fsyncEach ? "forceInterval" : Long.toString(DEFAULT_FSYNC_INTERVAL.toSeconds()))
                .about("Flume's forceInterval, in seconds; 5 with fsyncPerTransaction = false")
                .orElse(fsyncEach ? DEFAULT_FORCE_INTERVAL : DEFAULT_FSYNC_INTERVAL);
        return settings.duration(FORCE_INTERVAL, ChronoUnit.MILLIS, 1, 3_600_000)
                .about("how often durability = interval forces")
                .orElse(flumes);
    }

    /** Who does not wait for the disk wants the page cache, which takes what is written at once. */
    private static DirectWrites directWrites(Settings settings, Durability durability) {
        return settings.oneOf("directWrites", DirectWrites.class)
                .about("whether the log is written past the page cache")
                .byDefault("auto, with durability = always")
                .orElse(durability == Durability.ALWAYS ? DirectWrites.AUTO : DirectWrites.OFF);
    }

    private static void noteWhatHasNoMeaning(Settings settings) {
        settings.ignored("there are no checkpoints, and nothing is kept in this directory", "checkpointDir");
        settings.ignored(
                "there are no checkpoints: the log itself holds the positions",
                "checkpointInterval",
                "useDualCheckpoints",
                "backupCheckpointDir",
                "compressBackupCheckpoint",
                "checkpointOnClose",
                "checkpoint-timeout");
        settings.ignored("a start reads the end of the log, not the backlog", "use-log-replay-v1", "use-fast-replay");
        settings.ignored("a put waits for room, not for a lock; see keep-alive", "write-timeout");
    }
}
