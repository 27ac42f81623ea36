package org.millrace.relay.sink.file;

import com.codahale.metrics.Counter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.millrace.api.SinkMetrics;
import org.millrace.api.disk.Disk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives finished files their final names. One that does not get it is tried again at each roll, for as long as the sink runs: what is in
 * the way may be mended. Each cause is said once. The sink's thread only.
 */
final class FinalNames {
    private static final Logger LOG = LoggerFactory.getLogger(FileRollSink.class);

    /** In a roll, of those that had no luck before: a roll must not take longer and longer. */
    private static final int MOST_TRIES = 100;

    private final FileRollSettings settings;
    private final Disk disk;
    private final Counter failures;
    private final Causes renames = new Causes();
    private final Causes forces = new Causes();

    /** Finished, and still with the in-use suffix; the one that has waited longest for a try comes first. */
    private final Deque<Path> waiting = new ArrayDeque<>();

    private volatile int waitingFiles;

    FinalNames(FileRollSettings settings, Disk disk, SinkMetrics metrics) {
        this.settings = settings;
        this.disk = disk;
        this.failures = metrics.counter("renamesFailed");
        metrics.gauge("unfinishedFiles", () -> waitingFiles);
    }

    /** Of a file that is being written. */
    Path without(Path inUse) {
        String name = inUse.getFileName().toString();
        return inUse.resolveSibling(
                name.substring(0, name.length() - settings.inUseSuffix().length()));
    }

    /** @param inUse finished, and closed */
    void give(Path inUse) {
        try {
            disk.rename(inUse, without(inUse));
            forceNames(inUse);
        } catch (FileAlreadyExistsException e) {
            LOG.warn("{} stays so: its final name is taken", inUse);
        } catch (IOException | RuntimeException e) {
            if (e instanceof NoSuchFileException && Files.isDirectory(settings.parent())) {
                LOG.warn("{} is gone", inUse);
            } else {
                failed(inUse, e);
            }
        }
    }

    private void failed(Path inUse, Exception e) {
        failures.inc();
        waiting.addLast(inUse);
        waitingFiles = waiting.size();
        if (renames.isNew(e)) {
            LOG.warn("{} does not get its final name, which each roll tries again: {}", inUse, e.toString(), e);
        }
    }

    private void forceNames(Path inUse) {
        try {
            forceNames();
        } catch (IOException | RuntimeException e) {
            if (forces.isNew(e)) {
                LOG.warn(
                        "{} has its final name, which a power cut may take away, as of those behind it: the next start would"
                                + " give it again: {}",
                        inUse,
                        e.toString(),
                        e);
            }
        }
    }

    /** Where names are to outlive a power cut. */
    void forceNames() throws IOException {
        if (settings.sync() == FileRollSettings.Sync.FSYNC) {
            disk.forceDirectory(settings.parent());
            long failed = forces.heal();
            if (failed > 0) {
                LOG.info("{}: names outlive a power cut again; {} had not", settings.parent(), failed);
            }
        }
    }

    /** Once a roll. */
    void tryAgain() {
        if (waiting.isEmpty()) {
            return;
        }
        for (int left = Math.min(waiting.size(), MOST_TRIES); left > 0; left--) {
            give(waiting.removeFirst());
        }
        waitingFiles = waiting.size();
        if (waiting.isEmpty()) {
            LOG.info(
                    "{}: no file waits for its final name any more, after {} tries that failed",
                    settings.parent(),
                    renames.heal());
        }
    }

    /** The sink stops. */
    void close() {
        if (!waiting.isEmpty()) {
            LOG.warn(
                    "{}: {} files are left with the suffix {}, such as {}; the next start gives them their final names",
                    settings.parent(),
                    waiting.size(),
                    settings.inUseSuffix(),
                    waiting.getFirst());
        }
    }
}
