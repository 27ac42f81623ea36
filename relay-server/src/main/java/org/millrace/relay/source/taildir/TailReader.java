package org.millrace.relay.source.taildir;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.millrace.api.SourceMetrics;
import org.millrace.api.support.BatchReader;
import org.millrace.codec.EventBatch;
import org.millrace.relay.source.taildir.PositionFile.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the files in rounds: looks at all of them, then reads what was added to each, one after another. Positions are written at
 * intervals, so that a crash repeats what came since. Something wrong with one file does not hold up the others. One thread.
 */
final class TailReader implements BatchReader {
    private static final Logger log = LoggerFactory.getLogger(TailReader.class);

    private final TaildirSettings settings;
    private final InstantSource clock;
    private final SourceMetrics metrics;
    private final PositionFile positions;
    private final TailedFiles files;
    private final TailLines lines;
    private final Deque<TailedFile> queue = new ArrayDeque<>();

    private @Nullable TailedFile current;
    private boolean isInRound;
    private boolean isMoreLeft;
    private long batchesOfFile;
    private Instant lastWrite;
    private boolean arePositionsWritten = true;
    private boolean areWritesFailing;
    private long linesCut;

    TailReader(
            TaildirSettings settings,
            PositionFile positions,
            TailedFiles files,
            SourceMetrics metrics,
            InstantSource clock) {
        this.settings = settings;
        this.positions = positions;
        this.files = files;
        this.metrics = metrics;
        this.clock = clock;
        this.lines = new TailLines(settings.limits().maxLineBytes());
        this.lastWrite = clock.instant();
    }

    @Override
    public @Nullable EventBatch read() {
        while (true) {
            if (current == null && !nextFile()) {
                return null;
            }
            TailedFile file = current;
            if (file != null) {
                EventBatch batch = read(file);
                if (batch != null) {
                    return batch;
                }
                leave(file);
            }
        }
    }

    @Override
    public void commit() {
        TailedFile file = current;
        if (file == null) {
            return;
        }
        file.commit();
        arePositionsWritten = false;
        batchesOfFile++;
        if (!file.hasMore()) {
            leave(file);
        } else if (batchesOfFile >= settings.maxBatchesOfFile()) {
            isMoreLeft = true;
            leave(file);
        }
        writePositionsIfDue();
    }

    @Override
    public void commitFirst(int events) {
        TailedFile file = current;
        if (file != null) {
            file.commitFirst(events);
            arePositionsWritten = false;
            writePositionsIfDue();
        }
    }

    @Override
    public void rollback() {
        if (current != null) {
            current.rollback();
        }
    }

    @Override
    public String place() {
        TailedFile file = current;
        return file == null ? "no file" : file.path() + ", at byte " + file.position() + " or behind it";
    }

    @Override
    public void close() {
        if (!arePositionsWritten) {
            writePositions();
        }
        files.all().forEach(TailedFile::close);
    }

    /** Goes on to the next file; false after a round, if nothing is known to be left. */
    private boolean nextFile() {
        current = queue.poll();
        if (current == null && isInRound && !isMoreLeft) {
            isInRound = false;
            writePositionsIfDue();
            return false;
        }
        if (current == null) {
            isInRound = true;
            isMoreLeft = false;
            lines.forget();
            queue.addAll(files.round());
            arePositionsWritten &= !files.haveChanged();
            metrics.eventReadFails.inc(files.lookupsFailed());
        }
        return true;
    }

    private @Nullable EventBatch read(TailedFile file) {
        try {
            EventBatch batch = file.read(lines, settings.batchEvents(), () -> files.quietEnd(file));
            file.fails(false);
            metrics.counter("linesCut").inc(lines.linesCut() - linesCut);
            linesCut = lines.linesCut();
            return batch;
        } catch (IOException e) {
            if (file.missingSinceMillis() < 0 && !file.fails(true)) {
                log.error(
                        "{} cannot be read at byte {}, and is tried again: {}",
                        file.path(),
                        file.position(),
                        e.toString());
            }
            file.rollback();
            metrics.eventReadFails.inc();
            return null;
        }
    }

    private void leave(TailedFile file) {
        batchesOfFile = 0;
        files.rest(file);
        current = null;
    }

    private void writePositionsIfDue() {
        if (arePositionsWritten) {
            return;
        }
        Instant now = clock.instant();
        boolean isClockSetBack = now.isBefore(lastWrite);
        if (isClockSetBack || !now.isBefore(lastWrite.plus(settings.writePositionsAfter()))) {
            writePositions();
        }
    }

    /** Positions that cannot be written stop nobody: nothing is lost, and a crash would repeat more than it should. */
    private void writePositions() {
        try {
            positions.write(Stream.concat(files.all().stream().map(this::entry), files.outOfSight().stream())
                    .toList());
            arePositionsWritten = true;
            areWritesFailing = false;
        } catch (IOException e) {
            metrics.counter("positionWriteFails").inc();
            if (!areWritesFailing) {
                log.error("cannot write {}: a crash now would repeat events", settings.positionFile(), e);
            }
            areWritesFailing = true;
        }
        lastWrite = clock.instant();
    }

    private Entry entry(TailedFile file) {
        try {
            file.lookAtHead();
        } catch (IOException e) {
            log.debug("{} cannot be looked at", file.path(), e);
        }
        return new Entry(file.id().device(), file.id().inode(), file.position(), file.path(), file.head());
    }
}
