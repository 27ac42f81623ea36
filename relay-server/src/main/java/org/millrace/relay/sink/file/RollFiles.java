package org.millrace.relay.sink.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.millrace.api.SinkMetrics;
import org.millrace.api.disk.Disk;
import org.millrace.api.part.EventSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a sink that are open: one between turns. A turn whose bodies change their schema has several, since a file has one
 * schema; when it is rolled back, those that it began are gone again. The sink's thread only.
 */
final class RollFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FileRollSink.class);

    private final FileRollSettings settings;
    private final EventSerializer serializer;
    private final Disk disk;
    private final InstantSource clock;
    private final SinkMetrics metrics;

    /** In the order in which they were begun; the last one is written. */
    private final Deque<RollFile> open = new ArrayDeque<>();

    /** Finished, and still with the in-use suffix. */
    private final List<Path> unnamed = new ArrayList<>();

    /** How many files there were at the last {@link #mark} of the turn. */
    private int marked;

    RollFiles(FileRollSettings settings, Disk disk, InstantSource clock, SinkMetrics metrics) {
        this.settings = settings;
        this.serializer = settings.serializer();
        this.disk = disk;
        this.clock = clock;
        this.metrics = metrics;
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Gives the files that a crash has left with the in-use suffix their final names. */
    void finishLeftovers() throws IOException {
        String suffix = settings.inUseSuffix();
        if (suffix.isEmpty()) {
            return;
        }
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(settings.parent(), file -> isLeftover(file, suffix))) {
            for (Path file : all) {
                finishLeftover(file, suffix);
            }
        }
    }

    private boolean isLeftover(Path file, String suffix) {
        String name = settings.directory().relativize(file).toString();
        return name.endsWith(suffix) && settings.naming().isOurs(name.substring(0, name.length() - suffix.length()));
    }

    private void finishLeftover(Path file, String suffix) throws IOException {
        Disk.OpenFile lock;
        try {
            lock = disk.openUnlessInUse(file);
        } catch (NoSuchFileException e) {
            LOG.debug("{} was taken away just now", file, e);
            return;
        }
        if (lock == null) {
            LOG.warn("{} is being written by somebody else with files of these names", file);
            return;
        }
        try (lock) {
            if (Files.exists(withoutSuffix(file, suffix))) {
                LOG.warn("{}, which an earlier run has left, stays so: its final name is taken", file);
                return;
            }
            disk.rename(file, withoutSuffix(file, suffix));
        }
        LOG.warn("{}: an earlier run had left it; what stands at its end may be cut short, or come again", file);
    }

    private static Path withoutSuffix(Path file, String suffix) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - suffix.length()));
    }

    /** The file that an event whose body has this schema goes to. */
    RollFile current(String schema) throws IOException {
        RollFile current = open.peekLast();
        return current == null || !current.hasSchema(schema) ? begin(schema) : current;
    }

    /** A turn begins, with nothing written. */
    void turnBegins() {
        marked = open.size();
    }

    /** What the turn has written so far stays, unless all of it is cut off. */
    void mark() throws IOException {
        RollFile last = open.peekLast();
        if (last != null) {
            last.mark();
        }
        marked = open.size();
    }

    /** What the turn has written since the mark is cut off. */
    void cutToMark() throws IOException {
        while (open.size() > marked) {
            remove(open.removeLast());
        }
        RollFile last = open.peekLast();
        if (last != null) {
            last.cutToMark();
        }
    }

    /** Begins a file, with a name that nobody has. */
    RollFile begin(String schema) throws IOException {
        try {
            RollFile begun = create(schema);
            open.addLast(begun);
            metrics.connectionsCreated.inc();
            return begun;
        } catch (IOException | RuntimeException e) {
            metrics.connectionsFailed.inc();
            throw e;
        }
    }

    private RollFile create(String schema) throws IOException {
        while (true) {
            Path name = settings.directory().resolve(settings.naming().next(clock.instant()));
            Path inUse = name.resolveSibling(name.getFileName() + settings.inUseSuffix());
            if (Files.exists(name)) {
                continue; // of another agent, or of before the clock was set back: nothing is written over
            }
            Disk.OpenFile file;
            try {
                file = disk.create(inUse);
            } catch (FileAlreadyExistsException e) {
                continue;
            }
            try {
                RollFile begun = new RollFile(inUse, file, serializer, schema);
                forceNames();
                return begun;
            } catch (IOException | RuntimeException e) {
                try {
                    remove(file, inUse);
                } catch (IOException other) {
                    e.addSuppressed(other);
                }
                throw e;
            }
        }
    }

    private void remove(Closeable file, Path path) throws IOException {
        try (file) {
            LOG.debug("{} is taken away again", path);
        } finally {
            disk.delete(path);
        }
    }

    /** What was appended is in the files when this returns, and on disk if the settings say so. */
    void flush() throws IOException {
        for (RollFile file : open) {
            file.flush(settings.sync() == FileRollSettings.Sync.FSYNC);
        }
    }

    /** The turn's transaction is committed, and with it what stands in all files. */
    void committed() {
        open.forEach(RollFile::committed);
    }

    /** After {@link #committed}: of the turn's files only the last one goes on. */
    void finishEarlier() {
        while (open.size() > 1) {
            finish(open.removeFirst());
        }
    }

    /** The turn came to nothing: its events will come again, and what it wrote is cut off. */
    void rolledBack() {
        while (open.size() > 1) {
            remove(open.removeLast());
        }
        RollFile first = open.peekLast();
        if (first == null) {
            return;
        }
        try {
            first.cutBack();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "{} cannot be cut back to {} bytes: the events behind that come again, in another file",
                    first.path(),
                    first.committedBytes(),
                    e);
            finish(open.removeLast());
        }
    }

    private void forceNames() throws IOException {
        if (settings.sync() == FileRollSettings.Sync.FSYNC) {
            disk.forceDirectory(settings.parent());
        }
    }

    private void remove(RollFile file) {
        try {
            remove(file::close, file.path());
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} cannot be deleted: the events in it come again, in another file", file.path(), e);
        }
        metrics.connectionsClosed.inc();
    }

    /** Between turns: closes what is open, and tries again what could not be renamed before. */
    void roll() {
        List<Path> again = List.copyOf(unnamed);
        unnamed.clear();
        again.forEach(this::giveFinalName);
        for (RollFile file; (file = open.pollFirst()) != null; ) {
            finish(file);
        }
    }

    private void finish(RollFile file) {
        try {
            file.close();
            LOG.debug("{} is finished ({} bytes)", file.path(), file.committedBytes());
        } catch (IOException | RuntimeException e) { // of a plug-in's serializer, too: what is committed stays
            LOG.warn("{} cannot be closed in order", file.path(), e);
        }
        if (!settings.inUseSuffix().isEmpty()) {
            giveFinalName(file.path());
        }
        metrics.connectionsClosed.inc();
    }

    private void giveFinalName(Path inUse) {
        try {
            disk.rename(inUse, withoutSuffix(inUse, settings.inUseSuffix()));
        } catch (NoSuchFileException e) {
            LOG.warn("{} is gone", inUse, e);
            return;
        } catch (FileAlreadyExistsException e) {
            LOG.warn("{} stays so: its final name is taken", inUse, e);
            return;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} does not get its final name, which the next roll tries again", inUse, e);
            unnamed.add(inUse);
            return;
        }
        try {
            forceNames();
        } catch (IOException e) {
            LOG.warn(
                    "{} has its final name, which a power cut may take away: the next start would give it again",
                    inUse,
                    e);
        }
    }
}
