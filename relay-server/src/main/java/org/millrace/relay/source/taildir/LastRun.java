package org.millrace.relay.source.taildir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.taildir.FileCopies.Beginning;
import org.millrace.relay.source.taildir.FileCopies.Located;
import org.millrace.relay.source.taildir.FileCopies.Trace;
import org.millrace.relay.source.taildir.FileId.Stat;
import org.millrace.relay.source.taildir.FileSurvey.Found;
import org.millrace.relay.source.taildir.PositionFile.Entry;
import org.millrace.relay.source.taildir.TaildirSettings.Group;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the last run remembered of files that were not found again yet. After the first round that is only what is out of sight or in
 * doubt: it may come back, and is then read from where it was. One thread.
 */
final class LastRun {
    private static final Logger log = LoggerFactory.getLogger(LastRun.class);

    private final FileSurvey survey;
    private final FileCopies copies;
    private final Headers headers;

    /** By inode. */
    private Map<Long, List<Entry>> entries;
    /** Those in doubt that were told of. */
    private final Set<Entry> told = new HashSet<>();

    LastRun(List<Entry> entries, FileSurvey survey, FileCopies copies, Headers headers) {
        this.entries = byInode(entries);
        this.survey = survey;
        this.copies = copies;
        this.headers = headers;
    }

    private static Map<Long, List<Entry>> byInode(List<Entry> entries) {
        return entries.stream().collect(Collectors.groupingBy(Entry::inode, Collectors.toCollection(ArrayList::new)));
    }

    /** What is still remembered. */
    List<Entry> entries() {
        return entries.values().stream().flatMap(List::stream).toList();
    }

    /**
     * A file that the last run has read; null if it has not. Two file systems may have equal inodes, and other devices than in the last run:
     * how a file begins tells most, then its path. One at the same path that begins otherwise was truncated.
     * One that cannot be read now is taken for the file of its device and inode, and is compared before it is read on.
     */
    @Nullable
    TailedFile resume(Found at) {
        List<Entry> sameInode = entries.getOrDefault(at.stat().id().inode(), List.of());
        Entry entry = sameInode.stream()
                .filter(candidate -> isAtItsPath(candidate, at) || mayBe(candidate, at.path(), at.stat()))
                .min(Comparator.<Entry, Beginning>comparing(candidate -> beginning(candidate, at.path()))
                        .thenComparingInt(candidate -> isAtItsPath(candidate, at) ? 0 : 1)
                        .thenComparingInt(candidate ->
                                candidate.device() == at.stat().id().device() ? 0 : 1))
                .orElse(null);
        if (entry == null) {
            return null;
        }
        sameInode.remove(entry);
        return resumed(at.stat().id(), entry, at.group());
    }

    private static boolean isAtItsPath(Entry entry, Found at) {
        return entry.path().equals(at.path());
    }

    private Beginning beginning(Entry entry, Path path) {
        return copies.beginning(path, entry.head());
    }

    /** True if a file of the entry's inode begins as the entry says; or may do so, as far as can be told just now. */
    private boolean mayBe(Entry entry, Path path, Stat stat) {
        return switch (beginning(entry, path)) {
            case ALIKE -> true;
            case UNKNOWN -> entry.device() == stat.id().device();
            case OTHERWISE -> false;
        };
    }

    /**
     * Adds what is called otherwise now, as its rest is still to be read, to what is known. What is nowhere is forgotten. What may be
     * there is looked for again: a name that is not tailed may be that of any file, so nothing of it is read before it was compared.
     */
    void findStrays(Map<FileId, TailedFile> known) {
        List<Entry> mayComeBack = new ArrayList<>();
        for (Entry entry : entries()) {
            Group group = survey.groupOf(entry.path());
            if (group != null && (survey.isOutOfSight(entry.path()) || !settle(entry, group, known))) {
                mayComeBack.add(entry);
            }
        }
        entries = byInode(mayComeBack);
    }

    /** Follows the entry's file, if it is beside the path that it had; false if it cannot be told whether it is. */
    private boolean settle(Entry entry, Group group, Map<FileId, TailedFile> known) {
        Trace trace = copies.trace(
                entry.path(),
                id -> id.inode() == entry.inode() && !known.containsKey(id),
                other -> beginning(entry, other.path()));
        Located at = trace.at();
        if (at != null) {
            TailedFile file = resumed(at.stat().id(), entry, group);
            file.strayed(at.path(), at.stat());
            known.put(file.id(), file);
        } else if (trace.isInDoubt() && told.add(entry)) {
            log.warn(
                    "{} is gone, and may be a file beside it that cannot be looked at, or not be read: looking for it again, "
                            + "to go on at byte {}",
                    entry.path(),
                    entry.position());
        }
        return !trace.isInDoubt();
    }

    private TailedFile resumed(FileId id, Entry entry, Group group) {
        TailedFile file = new TailedFile(id, entry.path(), group.headers(), headers);
        file.moveTo(entry.position());
        file.beginsWith(entry.head());
        return file;
    }
}
