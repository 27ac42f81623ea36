package org.millrace.relay.source.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.part.FileDeserializer;

/**
 * Which files of which directory to read, how, and what to do with them afterwards.
 *
 * @param directory must exist
 * @param relistAfter the time after which a listing of the directory is looked at as out of date, although not all its files were
 *     read
 */
public record SpoolSettings(
        Path directory,
        Selection selection,
        Completion completion,
        FileHeaders headers,
        FileDeserializer format,
        Duration relistAfter) {

    /** Flume's defaults for a directory: finished files get {@code .COMPLETED}, events have no header. */
    public static SpoolSettings of(Path directory) {
        return new SpoolSettings(
                directory,
                Selection.ALL,
                Completion.renaming(directory),
                FileHeaders.NONE,
                LineFormat.DEFAULT,
                Duration.ofMillis(500));
    }

    /** The same with other headers. */
    public SpoolSettings withHeaders(FileHeaders other) {
        return new SpoolSettings(directory, selection, completion, other, format, relistAfter);
    }

    /** The same with another way to part files into events. */
    public SpoolSettings withFormat(FileDeserializer other) {
        return new SpoolSettings(directory, selection, completion, headers, other, relistAfter);
    }

    /** The same with another selection. */
    public SpoolSettings withSelection(Selection other) {
        return new SpoolSettings(directory, other, completion, headers, format, relistAfter);
    }

    /** The same with another end for files. */
    public SpoolSettings withCompletion(Completion other) {
        return new SpoolSettings(directory, selection, other, headers, format, relistAfter);
    }

    /** Why no reader can be opened as things are; null if that is not known to be so. Changes nothing. */
    @Nullable
    String trouble() {
        if (!Files.exists(directory)) {
            return directory + ": no such directory (expected: one that exists; create it)";
        }
        if (!Files.isDirectory(directory)) {
            return directory + ": not a directory";
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            return directory + ": may not be read by this user; allow it";
        }
        if (completion.takesAway() && !Files.isWritable(directory)) {
            return directory + ": finished files cannot be "
                    + (completion.isDeleted() ? "deleted" : "renamed")
                    + " by this user; allow it to write there, or set trackingPolicy = tracker_dir, deletePolicy = never and a trackerDir elsewhere";
        }
        return null;
    }

    /**
     * Which files, in what order. Names that start with a dot are never read.
     *
     * @param include matches the whole name of a file to read
     * @param ignore matches the whole name of a file or directory to leave alone; wins over {@code include}
     */
    public record Selection(Pattern include, Pattern ignore, Order order, boolean isRecursive) {
        /** All files of the directory itself, the oldest first. */
        public static final Selection ALL =
                new Selection(Pattern.compile("^.*$"), Pattern.compile("^$"), Order.OLDEST, false);

        private static final Set<String> ALL_NAMES = Set.of("^.*$", ".*");
        private static final Set<String> NO_NAMES = Set.of("^$", "");

        /** True if it is known to select every file, since its patterns are the usual ones for that. */
        boolean isOfAll() {
            return ALL_NAMES.contains(include.pattern()) && NO_NAMES.contains(ignore.pattern());
        }
    }

    /** Which file is next. Files of the same age go by name. */
    public enum Order {
        OLDEST,
        YOUNGEST,
        RANDOM
    }

    /**
     * What becomes of a file that was read to its end.
     *
     * @param suffix names that end with it are finished files; not empty
     * @param isDeleted whether it goes; otherwise it is marked as said by {@code marking}
     * @param trackerDirectory holds the position within the file being read, and the marks of {@link Marking#TRACKER_DIR}
     */
    public record Completion(String suffix, boolean isDeleted, Marking marking, Path trackerDirectory) {
        /** Flume's default: renamed with {@code .COMPLETED}. */
        public static Completion renaming(Path directory) {
            return new Completion(".COMPLETED", false, Marking.RENAME, directory.resolve(".flumespool"));
        }

        /** Whether finished files are gone, at least under the name that they had. */
        boolean takesAway() {
            return isDeleted || marking == Marking.RENAME;
        }
    }

    /** How a finished file that stays is told from others. */
    public enum Marking {
        /** By its name, to which the suffix is added. */
        RENAME,
        /** By an empty file of its name and the suffix in the tracker directory; the file itself is not touched. */
        TRACKER_DIR
    }

    /**
     * Headers of each event of a file.
     *
     * @param pathKey header for the file's absolute path, or null for none
     * @param nameKey header for the file's name, or null for none
     * @param fixed headers that every event gets
     */
    public record FileHeaders(
            @Nullable String pathKey, @Nullable String nameKey, Map<String, String> fixed) {
        /** No headers. */
        public static final FileHeaders NONE = new FileHeaders(null, null, Map.of());
    }
}
