package org.millrace.api.deadletter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.millrace.api.StartException;
import org.millrace.api.disk.Disk;
import org.millrace.codec.EventBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a sink's dead letters to files; {@link LetterDirectory} tells how they are called. A final name means that nothing more is written to the file and that its last block is whole.
 *
 * <p>After a failure nothing more is written to a file: what was kept stays, what was not is cut off. {@link #totalBytes}: any thread.
 * All else: the sink's thread.
 */
final class LetterFiles implements Letterbox {
    private static final Logger LOG = LoggerFactory.getLogger(LetterFiles.class);

    private final LetterFileSettings settings;
    private final String sink;
    private final LetterDirectory directory;
    private final InstantSource clock;
    private final Disk disk;
    private final RandomGenerator markers;

    private boolean isOpen;
    private @Nullable Current current;
    /** Of finished files, as far as we know: others may take them away. */
    private final AtomicLong finishedBytes = new AtomicLong();

    private volatile long currentBytes;

    /** The file being written. */
    private static final class Current {
        final Path name;
        final Disk.OpenFile file;
        final byte[] marker;
        final Instant since;
        /** Of committed turns. */
        long kept;

        long written;
        boolean broken;

        Current(Path name, Disk.OpenFile file, byte[] marker, Instant since) {
            this.name = name;
            this.file = file;
            this.marker = marker;
            this.since = since;
        }
    }

    LetterFiles(
            LetterFileSettings settings,
            String agent,
            String sink,
            InstantSource clock,
            Disk disk,
            RandomGenerator markers) {
        this.settings = settings;
        this.sink = sink;
        this.directory = new LetterDirectory(settings.directory(), agent, sink, disk);
        this.clock = clock;
        this.disk = disk;
        this.markers = markers;
    }

    @Override
    public String place() {
        return directory.path().toString();
    }

    /** Bytes of all files of the sink. */
    long totalBytes() {
        return finishedBytes.get() + currentBytes;
    }

    /** Finishes files that a crash has left. A directory that the configuration does not name is tried when it is needed. */
    @Override
    public void start() throws StartException {
        if (!settings.isNamed() && !directory.exists()) {
            return;
        }
        try {
            open();
        } catch (IOException e) {
            if (settings.isNamed()) {
                throw new StartException(
                        "sink " + sink + ": deadLetter.directory = " + directory.path() + " cannot be used: " + e, e);
            }
            LOG.warn(
                    "sink {}: the directory for dead letters, {}, cannot be used: {}",
                    sink,
                    directory.path(),
                    e.toString());
        }
    }

    private void open() throws IOException {
        directory.open();
        finishedBytes.set(directory.finishedBytes());
        isOpen = true;
    }

    /** Forced to disk. */
    @Override
    public void put(List<Letter> letters) throws IOException {
        append(letters.stream().map(this::encoded).toList());
    }

    private byte[] encoded(Letter letter) {
        EventBatch event = letter.marked(sink, clock.millis());
        ByteBuffer bytes = ByteBuffer.allocate(event.encodedBytes());
        event.copyTo(bytes);
        event.release();
        return bytes.array();
    }

    private void append(List<byte[]> events) throws IOException {
        if (!isOpen) {
            open();
        }
        finishDue();
        Current to = current == null ? begin() : current;
        byte[] blocks = EventContainer.blocks(events, to.marker);
        checkRoom(to, blocks.length);
        try {
            to.file.write(to.written, blocks, 0, blocks.length);
            to.file.force();
        } catch (IOException e) {
            to.broken = true;
            throw e;
        }
        to.written += blocks.length;
        currentBytes = to.written;
    }

    private Current begin() throws IOException {
        Path name = directory.freeName(clock.millis());
        Disk.OpenFile file = disk.create(name);
        byte[] marker = new byte[EventContainer.MARKER_BYTES];
        markers.nextBytes(marker);
        Current begun = new Current(name, file, marker, clock.instant());
        current = begun;
        byte[] header = EventContainer.header(marker);
        try {
            file.write(0, header, 0, header.length);
            file.force();
            disk.forceDirectory(directory.path());
        } catch (IOException e) {
            begun.broken = true;
            throw e;
        }
        begun.written = header.length;
        return begun;
    }

    private void checkRoom(Current to, int more) throws IOException {
        if (finishedBytes.get() + to.written + more <= settings.maxBytes()) {
            return;
        }
        finishedBytes.set(directory.finishedBytes()); // someone may have taken files away
        if (finishedBytes.get() + to.written + more > settings.maxBytes()) {
            throw new IOException("there are " + (finishedBytes.get() + to.written)
                    + " bytes of dead letters already, " + more + " more are to come, and deadLetter.maxBytes is "
                    + settings.maxBytes() + "; feed them back, move them away, or raise it");
        }
    }

    @Override
    public void keep() {
        if (current != null) {
            current.kept = current.written;
        }
    }

    /** By cutting the file. */
    @Override
    public void takeBack() {
        Current file = current;
        if (file == null) {
            return;
        }
        if (file.written > file.kept && !file.broken && file.kept > 0) {
            try {
                file.file.cutTo(file.kept);
                file.written = file.kept;
                currentBytes = file.kept;
                return;
            } catch (IOException e) {
                LOG.warn("{} cannot be cut back to {} bytes", file.name, file.kept, e);
                file.broken = true;
            }
        }
        if (file.broken || file.kept == 0) {
            finish(file);
        }
    }

    /** Gives a file that is old enough its final name. */
    @Override
    public void finishDue() {
        Current file = current;
        if (file == null || file.kept == 0 || file.written > file.kept) {
            return;
        }
        Duration age = Duration.between(file.since, clock.instant());
        boolean isOld = !settings.rollAfter().isZero()
                && (age.isNegative() || age.compareTo(settings.rollAfter()) >= 0); // or the clock was set back
        if (isOld || file.kept >= settings.rollBytes()) {
            finish(file);
        }
    }

    /** Gives it its final name, or deletes it if nothing in it was kept. If that fails, the next start tries again. */
    private void finish(Current file) {
        current = null;
        currentBytes = 0;
        try (Disk.OpenFile open = file.file) {
            if (file.kept == 0) {
                disk.delete(file.name);
                return;
            }
            if (file.broken || file.written > file.kept) {
                open.cutTo(file.kept);
            }
            open.force();
            directory.giveFinalName(file.name);
            finishedBytes.addAndGet(file.kept);
            LOG.info("{} is finished ({} bytes of dead letters)", file.name, file.kept);
        } catch (IOException e) {
            LOG.warn("{} cannot be finished, the next start of the sink tries again", file.name, e);
        }
    }

    @Override
    public void close() {
        if (current != null) {
            finish(current);
        }
        isOpen = false;
    }
}
