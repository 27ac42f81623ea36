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
import java.util.Deque;
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
    private final FinalNames finalNames;

    /** In the order in which they were begun; the last one is written. */
    private final Deque<RollFile> open = new ArrayDeque<>();

    /** How many files there were at the last {@link #mark} of the turn. */
    private int marked;

    RollFiles(FileRollSettings settings, Disk disk, InstantSource clock, SinkMetrics metrics) {
        this.settings = settings;
        this.serializer = settings.serializer();
        this.disk = disk;
        this.clock = clock;
        this.metrics = metrics;
        this.finalNames = new FinalNames(settings, disk, metrics);
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
                finishLeftover(file);
            }
        }
    }

    private boolean isLeftover(Path file, String suffix) {
        String name = settings.directory().relativize(file).toString();
        return name.endsWith(suffix) && settings.naming().isOurs(name.substring(0, name.length() - suffix.length()));
    }

    private void finishLeftover(Path file) throws IOException {
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
            if (Files.exists(finalNames.without(file))) {
                LOG.warn("{}, which an earlier run has left, stays so: its final name is taken", file);
                return;
            }
            disk.rename(file, finalNames.without(file));
        }
        LOG.warn("{}: an earlier run had left it; what stands at its end may be cut short, or come again", file);
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
        } catch (IOException | RuntimeException | Error e) {
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
            return begin(inUse, file, schema);
        }
    }

    /** Whatever fails, an Error of a plug-in's serializer too, gives the file back and takes it away. */
    private RollFile begin(Path inUse, Disk.OpenFile file, String schema) throws IOException {
        Closeable toClose = file;
        try {
            RollFile begun = RollFile.begin(inUse, file, serializer, schema);
            toClose = begun::close;
            finalNames.forceNames();
            return begun;
        } catch (IOException | RuntimeException | Error e) {
            try {
                remove(toClose, inUse);
            } catch (IOException | RuntimeException other) {
                e.addSuppressed(other);
            }
            throw e;
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
        finalNames.tryAgain();
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
            finalNames.give(file.path());
        }
        metrics.connectionsClosed.inc();
    }

    /** The sink stops: the last roll. */
    void close() {
        roll();
        finalNames.close();
    }
}
