package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.taildir.FileId.Stat;
import org.millrace.relay.source.taildir.TaildirSettings.Group;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the directories of all groups, a round at a time. It tells files that are not there from those that could not be looked at: a
 * directory that cannot be listed for a moment, or a file that cannot be asked, is out of sight, not gone. One thread.
 */
final class FileSurvey {
    private static final Logger log = LoggerFactory.getLogger(FileSurvey.class);

    private final List<FileGroup> groups;

    /** Directories that could not be listed in the last round. */
    private Set<Path> unlisted = Set.of();
    /** Files that are there, and could not be looked at in the last round. */
    private Set<Path> unseen = Set.of();

    FileSurvey(TaildirSettings settings, InstantSource clock) {
        this.groups = settings.groups().stream()
                .map(group -> new FileGroup(group, settings.cachesListings(), clock))
                .toList();
    }

    /** A file under a name that is tailed. */
    record Found(Path path, Stat stat, Group group) {}

    /** All that is there: group by group, within each the oldest first. */
    Map<FileId, Found> look() {
        Map<FileId, Found> all = new LinkedHashMap<>();
        Set<Path> failedDirectories = new HashSet<>();
        Set<Path> failedFiles = new HashSet<>();
        for (FileGroup group : groups) {
            Path directory = group.settings().directory();
            try {
                for (Found at : look(group, failedFiles)) {
                    all.putIfAbsent(at.stat().id(), at); // its other names, and other groups, do not count
                }
            } catch (IOException e) {
                if (failedDirectories.add(directory) && !unlisted.contains(directory)) {
                    log.error("{} cannot be listed, and is tried again: {}", directory, e.toString());
                }
            }
        }
        unlisted = failedDirectories;
        unseen = failedFiles;
        return all;
    }

    private List<Found> look(FileGroup group, Set<Path> failedFiles) throws IOException {
        List<Found> some = new ArrayList<>();
        for (Path path : group.list()) {
            try {
                Stat stat = FileId.statRegular(path);
                if (stat != null) {
                    some.add(new Found(path, stat, group.settings()));
                }
            } catch (IOException e) {
                if (failedFiles.add(path) && !unseen.contains(path)) {
                    log.error("{} cannot be looked at, and is tried again: {}", path, e.toString());
                }
            }
        }
        some.sort(Comparator.<Found>comparingLong(at -> at.stat().modifiedMillis())
                .thenComparing(Found::path));
        return some;
    }

    /** How many directories could not be listed in the last round, and files not be looked at. */
    int failures() {
        return unlisted.size() + unseen.size();
    }

    /** True if nobody can say whether there is still a file of this name. */
    boolean isOutOfSight(Path path) {
        return unlisted.contains(path.getParent()) || unseen.contains(path);
    }

    /** The first group that takes this name; null if none does. */
    @Nullable
    Group groupOf(Path path) {
        return groups.stream()
                .map(FileGroup::settings)
                .filter(group -> group.directory().equals(path.getParent())
                        && group.names().matcher(path.getFileName().toString()).matches())
                .findFirst()
                .orElse(null);
    }
}
