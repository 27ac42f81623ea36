package org.millrace.api.deadletter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.millrace.api.disk.Disk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink's files of dead letters: {@code AGENT.SINK.MILLIS.avro}, with {@code .tmp} behind it while one is written. A final name means
 * that nothing more is written to the file and that its last block is whole.
 *
 * <p>After a failure nothing more is written to a file: what was kept stays, what was not is cut off. {@link #totalBytes}: any thread.
 * All else: the sink's thread.
 */
final class LetterFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LetterFiles.class);
    private static final String SUFFIX = ".avro";
    private static final String IN_USE = ".tmp";

    private final DeadLetterSettings settings;
    private final String namePrefix;
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
            DeadLetterSettings settings, String namePrefix, InstantSource clock, Disk disk, RandomGenerator markers) {
        this.settings = settings;
        this.namePrefix = namePrefix;
        this.clock = clock;
        this.disk = disk;
        this.markers = markers;
    }

    static String namePrefix(String agent, String sink) {
        return safe(agent) + "." + safe(sink) + ".";
    }

    /** A name of the configuration as a part of a file's name. */
    static String safe(String name) {
        return name.replaceAll("[^\\w-]", "_");
    }

    Path directory() {
        return settings.directory();
    }

    /** Bytes of all files of the sink. */
    long totalBytes() {
        return finishedBytes.get() + currentBytes;
    }

    /** Makes the directory, and finishes what a crash has left in it. */
    void open() throws IOException {
        Files.createDirectories(directory());
        for (Path file : files(SUFFIX + IN_USE)) {
            finishLeftover(file);
        }
        countFinished();
        isOpen = true;
    }

    private List<Path> files(String suffix) throws IOException {
        Pattern ours = Pattern.compile(Pattern.quote(namePrefix) + "\\d+" + Pattern.quote(suffix));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(
                directory(), file -> ours.matcher(file.getFileName().toString()).matches())) {
            List<Path> files = new ArrayList<>();
            all.forEach(files::add);
            return files;
        }
    }

    private void countFinished() throws IOException {
        long bytes = 0;
        for (Path file : files(SUFFIX)) {
            try {
                bytes += Files.size(file);
            } catch (NoSuchFileException e) {
                LOG.debug("{} was taken away just now", file);
            }
        }
        finishedBytes.set(bytes);
    }

    private void finishLeftover(Path file) throws IOException {
        Disk.OpenFile open;
        try {
            open = disk.openUnlessInUse(file);
        } catch (NoSuchFileException e) {
            LOG.debug("{} was taken away just now", file, e);
            return;
        }
        if (open == null) {
            LOG.warn("{} is being written by another process with an agent and a sink of these names", file);
            return;
        }
        try (open) {
            long whole = wholeBytes(open);
            if (whole == 0) {
                disk.delete(file);
                return;
            }
            open.cutTo(whole);
            open.force();
        }
        giveFinalName(file);
        LOG.info("{}: finished what an earlier run had left", file);
    }

    /** Up to the end of the last whole block; 0 if there is none. */
    private static long wholeBytes(Disk.OpenFile file) {
        long whole = 0;
        try {
            EventContainerReader blocks = new EventContainerReader(file);
            while (blocks.skip()) {
                whole = blocks.position();
            }
        } catch (IOException e) {
            LOG.debug("behind the last whole block, at {}", whole, e);
        }
        return whole;
    }

    private void giveFinalName(Path inUse) throws IOException {
        String name = inUse.getFileName().toString();
        disk.rename(inUse, inUse.resolveSibling(name.substring(0, name.length() - IN_USE.length())));
        disk.forceDirectory(directory());
    }

    /**
     * Appends events and forces them to disk. They are to be kept or cut back then; also after a failure.
     *
     * @param events each as it is encoded
     */
    void append(List<byte[]> events) throws IOException {
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
        Path name = freeName();
        Disk.OpenFile file = disk.create(name);
        byte[] marker = new byte[EventContainer.MARKER_BYTES];
        markers.nextBytes(marker);
        Current begun = new Current(name, file, marker, clock.instant());
        current = begun;
        byte[] header = EventContainer.header(marker);
        try {
            file.write(0, header, 0, header.length);
            file.force();
            disk.forceDirectory(directory());
        } catch (IOException e) {
            begun.broken = true;
            throw e;
        }
        begun.written = header.length;
        return begun;
    }

    private Path freeName() {
        for (long number = clock.millis(); ; number++) {
            Path complete = directory().resolve(namePrefix + number + SUFFIX);
            Path inUse = directory().resolve(namePrefix + number + SUFFIX + IN_USE);
            if (!Files.exists(complete) && !Files.exists(inUse)) {
                return inUse;
            }
        }
    }

    private void checkRoom(Current to, int more) throws IOException {
        if (finishedBytes.get() + to.written + more <= settings.maxBytes()) {
            return;
        }
        countFinished(); // someone may have taken files away
        if (finishedBytes.get() + to.written + more > settings.maxBytes()) {
            throw new IOException("there are " + (finishedBytes.get() + to.written)
                    + " bytes of dead letters already, " + more + " more are to come, and deadLetter.maxBytes is "
                    + settings.maxBytes() + "; feed them back, move them away, or raise it");
        }
    }

    /** What was appended stays. */
    void keep() {
        if (current != null) {
            current.kept = current.written;
        }
    }

    /** What was appended and not kept is taken out again. */
    void cutBack() {
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

    void finishDue() {
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
            giveFinalName(file.name);
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
