package org.millrace.relay.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.api.support.LockedException;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files of a directory, one after another, as batches of events, and marks each file as finished when all of it was
 * committed. With or without an agent around it:
 *
 * <pre>
 * try (SpoolingReader reader = SpoolingReader.open(SpoolSettings.of(directory), clock)) {
 *   for (EventBatch batch; (batch = reader.read(100)) != null; reader.commit()) { deliver and release the batch }
 * }
 * </pre>
 *
 * <p>At least once: {@link #commit} takes down how far the file was read, or finishes the file. Who stops before it gets the same
 * events again from the next reader of the directory, which goes on with the file that was being read.
 *
 * <p>Something wrong with one file does not hold up the others: it is {@linkplain PassedOver passed over} for a while if that may go by
 * itself, and set aside if not, see {@link Quarantine}. Only a directory that cannot be listed, or marks of finished files that cannot be
 * looked at, are a failure of {@link #read}. One thread, but for {@link #filesWaiting}; one reader for a tracker directory at a time, whatever
 * the process.
 */
public final class SpoolingReader implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(SpoolingReader.class);

    private final SpoolSettings settings;
    private final Surroundings surroundings;
    private final Closeable lock;
    private final FinishedFiles finishedFiles;
    private final Quarantine quarantine;
    private final PassedOver passedOver;
    private final PositionFile positions;
    private final FileFinder finder;
    private final byte[] buffer = new byte[LineReader.BLOCK_BYTES];

    /** Where the last run stopped; null once its file was opened. */
    private @Nullable FilePosition resume;

    private @Nullable SpoolFile current;
    private boolean isCommitDue;
    private boolean isPositionLost;
    private long filesFinished;
    private long filesSetAside;
    private long failures;

    private SpoolingReader(SpoolSettings settings, Surroundings surroundings, Closeable lock) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.lock = lock;
        Path tracker = settings.completion().trackerDirectory();
        this.finishedFiles = new FinishedFiles(settings.directory(), settings.completion());
        this.quarantine = new Quarantine(tracker);
        this.positions = new PositionFile(tracker);
        this.passedOver = new PassedOver(settings.relistAfter(), surroundings.nanoTime());
        this.finder = new FileFinder(settings, this::isLeftAlone, surroundings.nanoTime(), new Random());
    }

    /**
     * Checks the directory, locks the one of its tracker, and finds out where the last reader stopped.
     *
     * @throws StartException if the directory is not there or may not be used as the settings ask, or another reader has its tracker;
     *     nothing is left open
     */
    public static SpoolingReader open(SpoolSettings settings, InstantSource clock) throws StartException {
        return open(settings, Surroundings.real(clock));
    }

    static SpoolingReader open(SpoolSettings settings, Surroundings surroundings) throws StartException {
        String trouble = settings.trouble();
        if (trouble != null) {
            throw new StartException("spoolDir " + trouble);
        }
        Path tracker = settings.completion().trackerDirectory();
        SpoolingReader reader = null;
        boolean isOpen = false;
        try {
            Files.createDirectories(tracker);
            if (!Files.isWritable(tracker)) {
                throw new StartException("cannot write in trackerDir " + tracker + ": allow it, or set another one");
            }
            reader = new SpoolingReader(
                    settings, surroundings, surroundings.locking().lock(tracker));
            reader.recover();
            isOpen = true;
            return reader;
        } catch (LockedException e) {
            throw new StartException(
                    "trackerDir " + e.getMessage()
                            + " (expected: one for each source; sources of one spoolDir are to read different files, too)",
                    e);
        } catch (IOException e) {
            throw new StartException("cannot use trackerDir " + tracker + ": " + e, e);
        } finally {
            if (!isOpen && reader != null) {
                reader.close();
            }
        }
    }

    /**
     * The next events of one file, to be followed by {@link #commit} before more is read.
     *
     * @param maxEvents at least 1; a batch of very long lines may have fewer
     * @return the caller owns it; null if there is nothing to read now
     * @throws IOException if nobody can say which files are to be read; to try again later is safe
     */
    public @Nullable EventBatch read(int maxEvents) throws IOException {
        if (isCommitDue) {
            throw new IllegalStateException("the last batch was not committed");
        }
        while (true) {
            SpoolFile file = current != null ? current : openNext();
            if (file == null) {
                return null;
            }
            current = file;
            try {
                EventBatch batch = file.read(maxEvents);
                if (batch != null) {
                    isCommitDue = true;
                    passedOver.goesOn(file.path());
                    return batch;
                }
                finish(file);
            } catch (BadFileException e) {
                setAside(file, e);
            } catch (IOException e) {
                passOver(file, e, false);
            }
        }
    }

    /** The batch that was read last is delivered: it will not be read again. Without one, does nothing. */
    public void commit() {
        SpoolFile file = current;
        if (!isCommitDue || file == null) {
            return;
        }
        isCommitDue = false;
        file.commit();
        if (file.isAtEnd()) {
            finish(file);
        } else {
            takeDown(file);
        }
    }

    /**
     * So many events of the batch that was read last are delivered, its first ones: as many of them as the file has a place behind will
     * not be read again. {@link #commit} or {@link #refuse} follows. Without a batch, does nothing.
     */
    public void commitFirst(int events) {
        SpoolFile file = current;
        if (isCommitDue && file != null && file.commitFirst(events)) {
            takeDown(file);
        }
    }

    /** The batch that was read last can never be delivered: its file is set aside at the last commit, of a part or of all. Without one, does nothing. */
    public void refuse(String reason) {
        SpoolFile file = current;
        if (isCommitDue && file != null) {
            isCommitDue = false;
            setAside(file, new BadFileException(reason));
        }
    }

    /** Files finished so far. */
    public long filesFinished() {
        return filesFinished;
    }

    /** Files set aside so far, by this reader. */
    public long filesSetAside() {
        return filesSetAside;
    }

    /** How often a file could not be read or marked, so far, for a cause that may go. */
    public long failures() {
        return failures;
    }

    /** Files that are tried again after such a failure. Any thread. */
    public int filesWaiting() {
        return passedOver.size();
    }

    /** Leaves everything so that the next reader goes on from the last commit. */
    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
        isCommitDue = false;
        positions.close();
        try {
            lock.close();
        } catch (IOException e) {
            log.debug("giving back {}", settings.completion().trackerDirectory(), e);
        }
    }

    private boolean isLeftAlone(Path file) throws IOException {
        return quarantine.holds(file) || passedOver.holds(file) || finishedFiles.isFinished(file);
    }

    private void recover() throws IOException {
        positions.deleteLeftovers();
        quarantine.load();
        FilePosition last = positions.read();
        if (last == null) {
            return;
        }
        Path path = asListed(last.file());
        if (Files.isRegularFile(path) && finder.accepts(path)) {
            resume = last.under(path);
        } else if (Files.isRegularFile(path) && !finishedFiles.isFinished(path)) {
            FilePosition kept = last.under(path).withFingerprint(surroundings.opening());
            quarantine.add(kept, "the settings no longer select it", now());
            positions.clear();
        } else {
            log.info(
                    "{} was being read, up to byte {}, and is gone or finished: nothing to go on with",
                    path,
                    last.offset());
            positions.clear();
        }
    }

    /** The path as {@link FileFinder} gives it, although the directory may have been set relative or absolute when it was written. */
    private Path asListed(Path written) {
        Path directory = settings.directory().toAbsolutePath().normalize();
        Path file = written.toAbsolutePath().normalize();
        return file.startsWith(directory) ? settings.directory().resolve(directory.relativize(file)) : written;
    }

    /** The file that was being read comes first, whatever the order: else its position would have to be given up for another's. */
    private @Nullable SpoolFile openNext() throws IOException {
        FilePosition first = resume;
        resume = null;
        SpoolFile file = first == null ? null : open(first.file(), first);
        while (file == null) {
            Path next = finder.next();
            if (next == null) {
                passedOver.forgetGone().forEach(quarantine::forget);
                return null;
            }
            PassedOver.Delivered delivered = passedOver.delivered(next);
            if (delivered == null) {
                file = open(next, quarantine.position(next));
            } else {
                finish(delivered);
            }
        }
        return file;
    }

    private @Nullable SpoolFile open(Path path, @Nullable FilePosition position) {
        FilePosition known = position == null ? FilePosition.start(path) : position;
        try {
            SpoolFile file = SpoolFile.open(path, position, settings, buffer, surroundings.opening());
            tellStart(file, known);
            return file;
        } catch (NoSuchFileException e) {
            log.debug("{} went before it could be read", path);
        } catch (BadFileException e) {
            setAside(known, "it cannot be opened: " + e.getMessage());
        } catch (IOException e) {
            passOver(known, e, null);
        }
        return null;
    }

    /** Of one that was passed over it is told when it really goes on. */
    private void tellStart(SpoolFile file, FilePosition known) {
        if (known.offset() > file.committedOffset()) {
            log.warn(
                    "{} is not the file that was read up to byte {}: it is read from its start",
                    file.path(),
                    known.offset());
        } else if (known.offset() > 0 && !passedOver.knows(file.path())) {
            log.info("{} goes on at byte {}", file.path(), known.offset());
        }
    }

    private void finish(SpoolFile file) {
        try {
            mark(file.path(), file.state(), file.events());
            leave(file);
        } catch (BadFileException e) {
            setAside(file, e);
        } catch (IOException e) {
            passOver(file, e, true);
        }
    }

    /** As the other one, of a file that was passed over. */
    private void finish(PassedOver.Delivered file) {
        FilePosition position = file.position();
        try {
            mark(position.file(), file.state(), file.events());
        } catch (BadFileException e) {
            setAside(position, e.getMessage());
        } catch (IOException e) {
            passOver(position, e, file);
        }
    }

    private void mark(Path path, FileState state, long events) throws IOException {
        state.checkUnchanged(path);
        String how = finishedFiles.finish(path);
        filesFinished++;
        log.info("{} is finished, {} events, and {}", path, events, how);
        passedOver.goesOn(path);
        quarantine.forget(path);
    }

    private void setAside(SpoolFile file, BadFileException cause) {
        setAside(file.leftAt(), cause.getMessage()); // before the position goes
        leave(file);
    }

    private void setAside(FilePosition position, @Nullable String reason) {
        filesSetAside++;
        passedOver.setAside(position.file());
        quarantine.add(position, String.valueOf(reason), now());
    }

    private void passOver(SpoolFile file, IOException cause, boolean isDelivered) {
        FilePosition position = file.leftAt();
        passOver(position, cause, isDelivered ? new PassedOver.Delivered(position, file.state(), file.events()) : null);
        leave(file);
    }

    private void passOver(FilePosition position, IOException cause, PassedOver.@Nullable Delivered delivered) {
        failures++;
        if (position.offset() > 0) {
            quarantine.keep(position, cause.toString(), now()); // before the position goes
        } else {
            quarantine.forget(position.file()); // what was known was another file's
        }
        passedOver.add(position, cause, delivered);
    }

    private Instant now() {
        return surroundings.clock().instant();
    }

    private void leave(SpoolFile file) {
        file.close();
        current = null;
        try {
            positions.clear();
        } catch (IOException e) {
            log.warn("cannot delete the position of {}, which is done with: {}", file.path(), e.toString());
        }
    }

    /** A position that cannot be written stops nobody: nothing is lost, and a crash would repeat more than it should. */
    private void takeDown(SpoolFile file) {
        try {
            positions.advance(file.position());
            isPositionLost = false;
        } catch (IOException e) {
            if (!isPositionLost) {
                log.error("cannot take down how far {} was read: a crash now would repeat events", file.path(), e);
            }
            isPositionLost = true;
        }
    }
}
