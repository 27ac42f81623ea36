package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.millrace.relay.source.taildir.TaildirSettings.Group;

/** The files of one group, as its directory lists them. One thread. */
final class FileGroup {
    /** File systems that keep whole seconds do not show a second change within the same one. */
    private static final long MILLIS_OF_DOUBT = 2_000;

    private final Group group;
    private final boolean caches;
    private final InstantSource clock;

    private List<Path> listed = List.of();
    private long listedAtMillis = Long.MIN_VALUE;
    private long changedMillis = Long.MIN_VALUE;

    FileGroup(Group group, boolean caches, InstantSource clock) {
        this.group = group;
        this.caches = caches;
        this.clock = clock;
    }

    Group settings() {
        return group;
    }

    /**
     * Paths whose names match, in no order. Some may be gone, or be directories.
     *
     * @throws IOException if the directory cannot be listed
     */
    List<Path> list() throws IOException {
        long now = clock.millis();
        long changed = Files.getLastModifiedTime(group.directory()).toMillis();
        boolean isFresh = caches && changed == changedMillis && changed < listedAtMillis - MILLIS_OF_DOUBT;
        if (!isFresh) {
            listed = matching();
            listedAtMillis = now;
            changedMillis = changed;
        }
        return listed;
    }

    private List<Path> matching() throws IOException {
        List<Path> matching = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(group.directory())) {
            for (Path path : all) {
                if (group.names().matcher(path.getFileName().toString()).matches()) {
                    matching.add(path);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return matching;
    }
}
