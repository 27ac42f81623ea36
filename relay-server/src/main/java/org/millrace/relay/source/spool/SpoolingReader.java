package org.millrace.relay.source.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.relay.source.spool.SpoolSettings.Completion;
import org.millrace.relay.source.spool.SpoolSettings.Marking;
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
 * <p>Something wrong with one file does not hold up the others: see {@link Quarantine}. Only a directory that cannot be listed is a
 * failure of {@link #read}. One thread; one reader for a directory at a time.
 */
public final class SpoolingReader implements Closeable {
    private static final Logger log = LoggerFactory.getLogger(SpoolingReader.class);

    private final SpoolSettings settings;
    private final InstantSource clock;
    private final FinishedFiles finishedFiles;
    private final Quarantine quarantine;
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

    private SpoolingReader(SpoolSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        Path tracker = settings.completion().trackerDirectory();
        this.finishedFiles = new FinishedFiles(settings.directory(), settings.completion());
        this.quarantine = new Quarantine(tracker);
        this.positions = new PositionFile(tracker);
        this.finder = new FileFinder(
                settings, file -> quarantine.holds(file) || finishedFiles.isFinished(file), clock, new Random());
    }

    /**
     * Checks the directory and finds out where the last reader stopped.
     *
     * @throws StartException if the directory is not there or may not be used as the settings ask; nothing is left open
     */
    public static SpoolingReader open(SpoolSettings settings, InstantSource clock) throws StartException {
        checkDirectory(settings);
        SpoolingReader reader = new SpoolingReader(settings, clock);
        Path tracker = settings.completion().trackerDirectory();
        try {
            Files.createDirectories(tracker);
            reader.recover();
        } catch (IOException e) {
            throw new StartException("cannot use trackerDir " + tracker + ": " + e, e);
        }
        if (!Files.isWritable(tracker)) {
            throw new StartException("cannot write in trackerDir " + tracker + ": allow it, or set another one");
        }
        return reader;
    }

    /**
     * The next events of one file, to be followed by {@link #commit} before more is read.
     *
     * @param maxEvents at least 1; a batch of very long lines may have fewer
     * @return the caller owns it; null if there is nothing to read now
     * @throws IOException if the directory cannot be listed; to try again later is safe
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
                    return batch;
                }
                finish(file);
            } catch (IOException e) {
                setAside(file, e);
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
            setAside(file, new IOException(reason));
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

    /** Leaves everything so that the next reader goes on from the last commit. */
    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
        isCommitDue = false;
        positions.close();
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
            resume = new FilePosition(path, last.offset(), last.head());
        } else if (Files.isRegularFile(path) && !finishedFiles.isFinished(path)) {
            quarantine.add(last, "the settings no longer select it", clock.instant());
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
                return null;
            }
            file = open(next, quarantine.position(next));
        }
        return file;
    }

    private @Nullable SpoolFile open(Path path, @Nullable FilePosition position) {
        try {
            return SpoolFile.open(path, position, settings, buffer);
        } catch (NoSuchFileException e) {
            log.debug("{} went before it could be read", path);
        } catch (IOException e) {
            filesSetAside++;
            FilePosition known = position == null ? new FilePosition(path, 0, null) : position;
            quarantine.add(known, "it cannot be opened: " + e, clock.instant());
        }
        return null;
    }

    private void finish(SpoolFile file) {
        try {
            file.checkUnchanged();
            String how = finishedFiles.finish(file.path());
            filesFinished++;
            log.info("{} is finished, {} events, and {}", file.path(), file.events(), how);
        } catch (IOException e) {
            setAside(file, e);
            return;
        }
        leave(file);
        quarantine.forget(file.path());
    }

    private void setAside(SpoolFile file, IOException cause) {
        filesSetAside++;
        FilePosition position;
        try {
            position = file.position();
        } catch (IOException e) {
            position = new FilePosition(file.path(), file.committedOffset(), null);
        }
        quarantine.add(position, reason(cause), clock.instant()); // before the position goes
        leave(file);
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

    private static String reason(IOException cause) {
        String message = cause.getMessage();
        return message != null && cause.getClass() == IOException.class ? message : cause.toString();
    }

    private static void checkDirectory(SpoolSettings settings) throws StartException {
        Path directory = settings.directory();
        Completion completion = settings.completion();
        if (!Files.exists(directory)) {
            throw new StartException(
                    "spoolDir " + directory + ": no such directory (expected: one that exists; create it)");
        }
        if (!Files.isDirectory(directory)) {
            throw new StartException("spoolDir " + directory + ": not a directory");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new StartException("spoolDir " + directory + ": may not be read by this user; allow it");
        }
        boolean needsWrite = completion.isDeleted() || completion.marking() == Marking.RENAME;
        if (needsWrite && !Files.isWritable(directory)) {
            throw new StartException(
                    "spoolDir " + directory + ": finished files cannot be "
                            + (completion.isDeleted() ? "deleted" : "renamed")
                            + " by this user; allow it to write there, or set trackingPolicy = tracker_dir, deletePolicy = never and a trackerDir elsewhere");
        }
    }
}
