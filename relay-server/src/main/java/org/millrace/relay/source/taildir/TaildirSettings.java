package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files to tail, and how.
 *
 * @param batchEvents the most events in a batch
 * @param maxBatchesOfFile how many batches of one file are read before another file has its turn
 */
record TaildirSettings(
        List<Group> groups,
        Path positionFile,
        Duration writePositionsAfter,
        Headers headers,
        boolean skipsToEnd,
        boolean cachesListings,
        int batchEvents,
        long maxBatchesOfFile,
        Limits limits) {

    /**
     * Files of one directory.
     *
     * @param name for messages
     * @param names matches their whole names
     * @param headers of all their events
     */
    record Group(String name, Path directory, Pattern names, Map<String, String> headers) {
        /** Why its files cannot be tailed as things are; null if that is not known to be so. Changes nothing. */
        @Nullable
        String trouble() {
            if (!Files.isDirectory(directory)) {
                return directory + ": no such directory (expected: one that exists; create it)";
            }
            if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
                return directory + ": may not be read by this user; allow it";
            }
            try {
                FileId.stat(directory);
                return null;
            } catch (IOException | UnsupportedOperationException e) {
                return directory + ": its file system tells no inode numbers, which files are known by: " + e;
            }
        }
    }

    /**
     * Headers that depend on the file and the line.
     *
     * @param pathKey header for the file's absolute path, or null for none
     * @param hasOffset whether each event tells where its line begins
     */
    record Headers(@Nullable String pathKey, boolean hasOffset) {}

    /**
     * What bounds the reading.
     *
     * @param idleTimeout a file that was not written for so long is closed; a last line without an end is taken as it is
     * @param maxLineBytes a longer line is cut, and goes on as the next event
     * @param maxOpenFiles of those that are open and read to their end, the ones over this number are closed
     */
    record Limits(Duration idleTimeout, int maxLineBytes, int maxOpenFiles) {}
}
