package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.millrace.relay.source.file.FileOpening;
import org.millrace.relay.source.taildir.FileCopies.Beginning;
import org.millrace.relay.source.taildir.FileCopies.Located;
import org.millrace.relay.source.taildir.FileCopies.Search;
import org.millrace.relay.source.taildir.FileCopies.Trace;
import org.millrace.relay.source.taildir.FileSurvey.Found;
import org.millrace.relay.source.taildir.PositionFile.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the files that are tailed, and finds out, a round at a time, what became of them: new, renamed, gone, truncated, copied. A file
 * that went away, or was renamed to a name that is not tailed, is read to its end and let go once it was quiet for the idle time-out. One
 * thread, but for the figures.
 */
final class TailedFiles {
    private static final Logger log = LoggerFactory.getLogger(TailedFiles.class);

    private final TaildirSettings settings;
    private final InstantSource clock;
    private final FileSurvey survey;
    private final FileCopies copies;
    private final LastRun lastRun;
    private final Map<FileId, TailedFile> known = new LinkedHashMap<>();

    /** Where the files were after the last round. */
    private Map<FileId, Path> paths = Map.of();

    private boolean haveChanged;
    private boolean isFirstRound = true;
    private volatile int tailed;
    private volatile int open;
    private final AtomicLong truncations = new AtomicLong();

    TailedFiles(TaildirSettings settings, List<Entry> remembered, InstantSource clock) {
        this(settings, remembered, clock, FileOpening.REAL);
    }

    /** @param opening of files that are compared */
    TailedFiles(TaildirSettings settings, List<Entry> remembered, InstantSource clock, FileOpening opening) {
        this.copies = new FileCopies(opening);
        this.settings = settings;
        this.clock = clock;
        this.survey = new FileSurvey(settings, clock);
        this.lastRun = new LastRun(remembered, survey, copies, settings.headers());
    }

    Collection<TailedFile> all() {
        return known.values();
    }

    /** True if the last round made out other files than were known before it, or other paths of them. */
    boolean haveChanged() {
        return haveChanged;
    }

    /** How many files are known. Any thread. */
    int tailed() {
        return tailed;
    }

    /** How many were open after the last round. Any thread. */
    int open() {
        return open;
    }

    /** How often a file began anew. Any thread. */
    long truncations() {
        return truncations.get();
    }

    /**
     * Looks at everything once.
     *
     * @return files that have something to read or to be closed for, in the order to do so
     */
    List<TailedFile> round() {
        long now = clock.millis();
        copies.newRound();
        Map<FileId, Found> found = survey.look();
        List<Found> fresh = new ArrayList<>();
        found.forEach((id, at) -> {
            TailedFile file = known.computeIfAbsent(id, unknown -> lastRun.resume(at));
            if (file == null) {
                fresh.add(at);
            } else {
                file.found(at.path(), at.stat());
            }
        });
        lastRun.findStrays(known);
        followMissing(found, now);
        List.copyOf(known.values()).forEach(this::compare);
        fresh.forEach(this::add);
        known.values().forEach(this::settleCopy);
        isFirstRound = false;
        List<TailedFile> due = due(found);
        Map<FileId, Path> before = paths;
        paths = known.values().stream().collect(Collectors.toMap(TailedFile::id, TailedFile::path));
        haveChanged = !paths.equals(before);
        tailed = known.size();
        open = (int) known.values().stream().filter(TailedFile::isOpen).count();
        return due;
    }

    /** How many directories could not be listed in the last round, and files not be looked at. */
    int lookupsFailed() {
        return survey.failures();
    }

    /** What the last run remembered of files that nobody could look at yet. */
    List<Entry> outOfSight() {
        return lastRun.entries();
    }

    /**
     * Where a file ends to which nothing was written for the idle time-out, so that what has no newline there is a line too; {@link
     * TailLines#NO_TAIL} if something was. A round may take longer than the time-out: the file is looked at anew.
     */
    long quietEnd(TailedFile file) throws IOException {
        return isIdle(file) && file.lookAgain(clock.millis()) && isIdle(file) ? file.size() : TailLines.NO_TAIL;
    }

    /** True if nothing was written to it for so long, as far as was looked, that it is to be closed. */
    private boolean isIdle(TailedFile file) {
        long since = file.missingSinceMillis() >= 0 ? file.missingSinceMillis() : file.modifiedMillis();
        return clock.millis() - since > settings.limits().idleTimeout().toMillis();
    }

    /** Nothing is left to read in the file for now. */
    void rest(TailedFile file) {
        try {
            if (quietEnd(file) == file.position()) {
                file.close();
            }
        } catch (IOException e) {
            log.debug("{} cannot be looked at, which the next round will tell", file.path(), e);
        }
        closeIfTooMany(file);
    }

    /** One that cannot be found again by its name stays open in any case. */
    private void closeIfTooMany(TailedFile file) {
        if (known.size() > settings.limits().maxOpenFiles() && file.missingSinceMillis() < 0) {
            file.close();
        }
    }

    private void followMissing(Map<FileId, Found> found, long now) {
        int missing = 0;
        for (TailedFile file : List.copyOf(known.values())) {
            if (!found.containsKey(file.id()) && !survey.isOutOfSight(file.path())) {
                missing++;
                followMissing(file, now, missing > settings.limits().maxOpenFiles());
            }
        }
    }

    private void followMissing(TailedFile file, long now, boolean isOneTooMany) {
        boolean isNew = file.missingSinceMillis() < 0;
        long sizeBefore = file.size();
        try {
            lookFor(file);
        } catch (NoSuchFileException e) {
            log.debug("{} is nowhere any more", file.path(), e);
            forget(file);
            return;
        } catch (IOException e) {
            if (isNew) {
                log.warn("{} is gone, and is looked for again: {}", file.path(), e.toString());
            }
        }
        if (isNew || file.size() != sizeBefore) {
            file.missing(now);
        } else if ((isOneTooMany || isIdle(file)) && !file.hasUnread()) {
            forget(file);
        }
    }

    /**
     * Opens a file that has no name that is tailed, wherever it went.
     *
     * @throws NoSuchFileException if it is nowhere, or what is there is no longer what was read
     * @throws IOException if that cannot be told just now
     */
    private void lookFor(TailedFile file) throws IOException {
        if (!file.isOpen()) {
            Trace trace = copies.trace(file.path(), file.id()::equals, other -> beginning(file, other));
            Located at = trace.at();
            if (at != null) {
                file.strayed(at.path(), at.stat());
            } else if (trace.isInDoubt()) {
                throw new IOException("it may be a file beside it that cannot be looked at, or not be read");
            } else {
                throw new NoSuchFileException(file.path().toString());
            }
        }
        file.lookInside();
        if (!file.isTheSame()) {
            throw new NoSuchFileException(file.path().toString(), null, "it was truncated or replaced where it went");
        }
    }

    private Beginning beginning(TailedFile file, Located other) {
        return file.isUnchangedIn(other.stat()) ? Beginning.ALIKE : copies.beginning(other.path(), file.head());
    }

    private void forget(TailedFile file) {
        log.info("{} is gone, read up to byte {}", file.path(), file.position());
        file.close();
        known.remove(file.id());
    }

    /** A file that no longer is what was read begins anew, and what it was may live on as a copy. One that is missing was followed. */
    private void compare(TailedFile file) {
        if (file.missingSinceMillis() >= 0) {
            return;
        }
        try {
            if (!file.isTheSame()) {
                beginAnew(file);
            }
        } catch (NoSuchFileException e) {
            log.debug("{} went, which the next round will tell", file.path(), e);
        } catch (IOException e) {
            log.debug("{} cannot be compared, which reading it will tell", file.path(), e);
        }
        closeIfTooMany(file);
    }

    private void beginAnew(TailedFile file) {
        Search search = copies.copyOf(file, known, settings.headers());
        if (search.mayHeal() && waitsForCopy(file, search)) {
            return;
        }
        truncations.incrementAndGet();
        long upTo = file.position();
        log.info("{} was truncated or replaced at byte {}: it is read from its start", file.path(), upTo);
        if (!search.unread().isEmpty()) {
            log.warn(
                    "{} cannot be read, and may be a copy of {}: lines behind byte {} that are only there are missing; or, where it is"
                            + " tailed itself, those in front come twice",
                    search.unread(),
                    file.path(),
                    upTo);
        }
        file.restart();
        TailedFile copy = search.copy();
        if (copy != null) {
            log.info("its rest is read from its copy");
            known.put(copy.id(), copy);
        }
    }

    /** For the idle time-out at most: what is written to the file now has to be read, too. */
    private boolean waitsForCopy(TailedFile file, Search search) {
        long now = clock.millis();
        boolean isClockSetBack = now < file.heldSinceMillis();
        if (file.heldSinceMillis() < 0) {
            log.warn(
                    "{} was truncated or replaced at byte {}, and {} cannot be read, which may be its copy: it waits for that, up to {} s",
                    file.path(),
                    file.position(),
                    search.unread(),
                    settings.limits().idleTimeout().toSeconds());
        }
        if (file.heldSinceMillis() < 0 || isClockSetBack) {
            file.hold(now);
        }
        return now - file.heldSinceMillis() <= settings.limits().idleTimeout().toMillis();
    }

    private void add(Found at) {
        TailedFile file = known.get(at.stat().id());
        if (file == null) {
            file = new TailedFile(at.stat().id(), at.path(), at.group().headers(), settings.headers());
            if (isFirstRound && settings.skipsToEnd()) {
                file.moveTo(at.stat().size());
            }
            known.put(file.id(), file);
            file.found(at.path(), at.stat());
            file.waitFor(copies.originalOf(file, known.values()));
            log.info("{} is tailed from byte {}", file.path(), file.position());
        } else {
            file.found(at.path(), at.stat());
        }
    }

    /** Something that looked like a copy of a file, which then was not truncated, is a file of its own. */
    private void settleCopy(TailedFile file) {
        TailedFile original = file.copiedFrom();
        if (original == null || original.heldSinceMillis() >= 0) {
            return;
        }
        Beginning soFar = copies.copySoFar(file, original);
        if (soFar == Beginning.OTHERWISE || isIdle(file)) {
            file.waitFor(null);
        }
        if (soFar == Beginning.UNKNOWN && isIdle(file)) {
            log.warn(
                    "{} cannot be compared with {}: it is read from its start, and if it is a copy its lines come twice",
                    file.path(),
                    original.path());
        }
    }

    private List<TailedFile> due(Map<FileId, Found> found) {
        List<TailedFile> due = new ArrayList<>();
        for (TailedFile file : known.values()) {
            if (!found.containsKey(file.id()) && isDue(file)) {
                due.add(file); // the older ones come first
            }
        }
        for (FileId id : found.keySet()) {
            TailedFile file = known.get(id);
            if (file != null && isDue(file)) {
                due.add(file);
            }
        }
        return due;
    }

    private boolean isDue(TailedFile file) {
        return file.copiedFrom() == null
                && file.heldSinceMillis() < 0
                && (file.hasUnread() || (file.isOpen() && isIdle(file)));
    }
}
