package org.millrace.relay.source.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/** A directory to spool from, and short ways to fill it and read it. */
final class SpoolDirectory {
    private static final Instant FIRST_FILE = Instant.parse("2026-01-01T00:00:00Z");

    final Path path;
    private int files;

    SpoolDirectory(Path path) {
        this.path = path;
    }

    /** An event as its reader sees it, with a body of UTF-8. */
    record Read(Map<String, String> headers, String text) {}

    SpoolSettings settings() {
        return SpoolSettings.of(path);
    }

    /** Each file is a minute younger than the one before. */
    Path put(String name, String text) {
        return put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The file appears at once, whole and as old as it is to be: a source may look just then, and minds a file that changes. */
    Path put(String name, byte[] bytes) {
        try {
            Path file = path.resolve(name);
            Files.createDirectories(file.getParent());
            Path written = Files.write(path.resolveSibling(path.getFileName() + ".written"), bytes);
            Files.setLastModifiedTime(written, FileTime.from(FIRST_FILE.plusSeconds(60L * files++)));
            return Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that are there. */
    void remove(String... names) {
        try {
            for (String name : names) {
                Files.deleteIfExists(path.resolve(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SpoolingReader open(SpoolSettings settings) {
        return open(settings, surroundings());
    }

    /** Those of a process of its own each time: a lock does not outlive its process, however that ends. */
    static Surroundings surroundings() {
        Surroundings real = Surroundings.real(InstantSource.system());
        return new Surroundings(real.clock(), real.nanoTime(), real.opening(), directory -> () -> {});
    }

    static SpoolingReader open(SpoolSettings settings, Surroundings surroundings) {
        try {
            return SpoolingReader.open(settings, surroundings);
        } catch (StartException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads and commits until there is nothing left. */
    static List<Read> drain(SpoolingReader reader, int batchEvents) {
        List<Read> events = new ArrayList<>();
        List<Read> batch = readBatch(reader, batchEvents);
        while (!batch.isEmpty()) {
            events.addAll(batch);
            reader.commit();
            batch = readBatch(reader, batchEvents);
        }
        return events;
    }

    /** Reads one batch and leaves it uncommitted; empty at the end. */
    static List<Read> readBatch(SpoolingReader reader, int batchEvents) {
        try {
            EventBatch batch = reader.read(batchEvents);
            return batch == null ? List.of() : eventsOf(batch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Releases the batch. */
    static List<Read> eventsOf(EventBatch batch) {
        List<Read> events = new ArrayList<>();
        EventReader event = batch.reader();
        while (event.next()) {
            events.add(new Read(event.headers(), new String(event.body(), StandardCharsets.UTF_8)));
        }
        batch.release();
        return events;
    }

    /** All of a directory, by a reader that comes and goes. */
    static List<String> texts(SpoolSettings settings) {
        try (SpoolingReader reader = open(settings)) {
            return texts(drain(reader, 100));
        }
    }

    static List<String> texts(List<Read> events) {
        return events.stream().map(Read::text).toList();
    }

    /** Names of the files in it, but for hidden ones. */
    List<String> names() {
        try (Stream<Path> listed = Files.list(path)) {
            return listed.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path positionFile() {
        return path.resolve(".flumespool").resolve(PositionFile.NAME);
    }

    Path quarantineFile() {
        return path.resolve(".flumespool").resolve(Quarantine.NAME);
    }
}
