package org.millrace.hdfs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.RefusedEventException;

/**
 * Whether a file system can have a file at the place that an event names: one that it would refuse again and again makes the event a
 * dead letter, not the sink. The sink's thread only: it remembers the place before.
 *
 * @see HeaderLevel which sees to what a single header may do; here is seen to what it makes together with others, or by its absence
 */
final class PlaceCheck {
    /** Of HDFS, {@code dfs.namenode.fs-limits.max-component-length}, and of nearly every file system on a disk. */
    private static final int MOST_LEVEL_BYTES = 255;

    private static final int MOST_PATH_CHARS = 8000;
    private static final int MOST_LEVELS = 1000;
    /** Epoch milliseconds, until the year 2286. */
    private static final int COUNTER_CHARS = 13;

    private final FileNaming naming;
    private final boolean isLocal;
    /** The levels that the operator wrote: what they mean is no event's fault. */
    private final List<String> written;

    private String lastDirectory = "";
    private String lastPrefix = "";

    /**
     * Of a sink.
     *
     * @param isLocal whether names may be what HDFS does not allow: have colons, or be those that it keeps for itself
     * @param location {@code hdfs.path}
     */
    PlaceCheck(FileNaming naming, boolean isLocal, String location) {
        this.naming = naming;
        this.isLocal = isLocal;
        this.written = List.of(location.split("/", -1));
    }

    /**
     * Costs nothing where the texts are those of the event before.
     *
     * @throws RefusedEventException if there can be no such file
     */
    @SuppressWarnings("ReferenceEquality") // a path that has not changed is the very same string
    void check(String directory, String prefix) throws RefusedEventException {
        if (directory == lastDirectory && prefix == lastPrefix) {
            return;
        }
        String flaw = flaw(directory, prefix);
        if (flaw != null) {
            throw new RefusedEventException(
                    "hdfs.path and hdfs.filePrefix with its headers make no file name: " + flaw, false);
        }
        lastDirectory = directory;
        lastPrefix = prefix;
    }

    private @Nullable String flaw(String directory, String prefix) {
        int authority = directory.indexOf("://");
        int slash = authority < 0 ? 0 : directory.indexOf('/', authority + 3);
        String path = (slash < 0 ? "" : directory.substring(slash)) + "/" + naming.inUsePrefix() + prefix;
        int nameTail = 1 + COUNTER_CHARS + utf8Bytes(naming.suffix()) + utf8Bytes(naming.inUseSuffix());
        if (path.length() + nameTail > MOST_PATH_CHARS) {
            return path.length() + " characters (expected: at most " + MOST_PATH_CHARS + ")";
        }
        String[] levels = path.split("/", -1);
        if (levels.length > MOST_LEVELS) {
            return levels.length + " levels (expected: at most " + MOST_LEVELS + ")";
        }
        for (int i = 0; i < levels.length; i++) {
            int bytes = utf8Bytes(levels[i]) + (i == levels.length - 1 ? nameTail : 0);
            if (bytes > MOST_LEVEL_BYTES) {
                return "a level of " + bytes + " bytes (expected: at most " + MOST_LEVEL_BYTES + ")";
            }
        }
        levels[levels.length - 1] += ".0"; // a counter, which the file's name has in any case
        return flawOfNames(List.of(levels));
    }

    private @Nullable String flawOfNames(List<String> levels) {
        for (String level : levels) {
            if (!isLocal && level.indexOf(':') >= 0) {
                return "a colon in " + level;
            }
            if (!isLocal && HeaderLevel.isReserved(level) && !written.contains(level)) {
                return "a level that HDFS keeps for itself, " + level;
            }
        }
        return dots(levels) > dots(written) ? "a level of dots, which names another directory" : null;
    }

    private static long dots(List<String> levels) {
        return levels.stream()
                .filter(level -> level.equals(".") || level.equals(".."))
                .count();
    }

    private static int utf8Bytes(String level) {
        return level.getBytes(StandardCharsets.UTF_8).length;
    }
}
