package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.support.Pauses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that could not be read, or not be marked as finished, for a cause that may go: a permission, a process without a handle left, a
 * mount that is stale, a disk that is full. Each is held out for a pause, every time a longer one, and is then tried again in its order.
 * A cause is told once for each file. One thread, but for {@link #size}.
 */
final class PassedOver {
    /** A directory that is being worked on is no reason to look at its files all the time. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Logger log = LoggerFactory.getLogger(PassedOver.class);

    private final Pauses pauses;
    private final LongSupplier nanoTime;
    private final Map<Path, Entry> entries = new HashMap<>();
    private volatile int size;

    PassedOver(Duration firstPause, LongSupplier nanoTime) {
        this.pauses = Pauses.doubling(firstPause.compareTo(SHORTEST) < 0 ? SHORTEST : firstPause, LONGEST);
        this.nanoTime = nanoTime;
    }

    /**
     * A file whose events are all delivered, so that only its mark is missing.
     *
     * @param state when it was read
     */
    record Delivered(FilePosition position, FileState state, long events) {}

    private static final class Entry {
        final Set<String> causes = new HashSet<>();
        long failures;
        long againAtNanos;

        @Nullable
        Delivered delivered;
    }

    /** True if the file is not to be tried yet. */
    boolean holds(Path file) {
        Entry entry = entries.get(file);
        return entry != null && nanoTime.getAsLong() - entry.againAtNanos < 0;
    }

    /** True if it was passed over, and nothing has become of it since. */
    boolean knows(Path file) {
        return entries.containsKey(file);
    }

    /** What is known of a file that only lacks its mark; null for any other. */
    @Nullable
    Delivered delivered(Path file) {
        Entry entry = entries.get(file);
        return entry == null ? null : entry.delivered;
    }

    /** @param delivered if only its mark is missing */
    void add(FilePosition position, IOException cause, @Nullable Delivered delivered) {
        Path file = position.file();
        Entry entry = entries.computeIfAbsent(file, unknown -> new Entry());
        entry.failures++;
        entry.delivered = delivered;
        entry.againAtNanos = nanoTime.getAsLong() + pauses.after(entry.failures).toNanos();
        size = entries.size();
        if (entry.causes.add(cause.toString())) {
            log.warn(
                    "{} is passed over at byte {}, and is tried again until it can be {}: {}",
                    file,
                    position.offset(),
                    delivered == null ? "read" : "finished",
                    cause.toString());
        } else {
            log.debug("{} is passed over again", file, cause);
        }
    }

    /** The file can be read again, or is finished. */
    void goesOn(Path file) {
        Entry entry = forget(file);
        if (entry != null) {
            log.info("{} goes on after {} failures", file, entry.failures);
        }
    }

    /** The file is set aside. */
    void setAside(Path file) {
        forget(file);
    }

    private @Nullable Entry forget(Path file) {
        Entry entry = entries.remove(file);
        if (entry != null) {
            size = entries.size();
        }
        return entry;
    }

    /** Forgets files that are no more; those of them that were tried last before a listing that has not shown them. */
    List<Path> forgetGone() {
        List<Path> gone = new ArrayList<>();
        for (Path file : entries.keySet()) {
            if (!holds(file) && Files.notExists(file)) {
                gone.add(file);
            }
        }
        for (Path file : gone) {
            log.info("{}, which was passed over, is gone", file);
            forget(file);
        }
        return gone;
    }

    /** How many files wait. Any thread. */
    int size() {
        return size;
    }
}
