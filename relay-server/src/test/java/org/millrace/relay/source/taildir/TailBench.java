package org.millrace.relay.source.taildir;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.millrace.api.SourceMetrics;
import org.millrace.codec.EventBatch;
import org.millrace.relay.source.file.FileOpening;
import org.millrace.relay.source.taildir.TaildirSettings.Group;
import org.millrace.relay.source.taildir.TaildirSettings.Headers;
import org.millrace.relay.source.taildir.TaildirSettings.Limits;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;

/** A directory with files that grow, and a reader that tails them, whose clock a test moves. */
final class TailBench implements AutoCloseable {
    static final Duration IDLE = Duration.ofMinutes(2);

    final Path directory;
    final Path positionFile;
    final FakeClock clock = new FakeClock(Instant.now());
    final SourceMetrics metrics = new SourceMetrics("s", new MetricRegistry());
    final List<Map<String, String>> headers = new ArrayList<>();
    Headers wanted = new Headers(null, false);
    List<Group> groups;
    boolean skipsToEnd;
    boolean caches;
    int batchEvents = 100;
    long maxBatches = Long.MAX_VALUE;
    Limits limits = new Limits(IDLE, 1 << 20, 100);
    /** Names of files that cannot be opened to be compared. */
    final Set<String> unreadable = new HashSet<>();

    private TailReader reader;
    private TailedFiles files;

    TailBench(Path temporary, String pattern) throws IOException {
        directory = Files.createDirectory(temporary.resolve("logs"));
        positionFile = temporary.resolve("taildir_position.json");
        groups = List.of(group("g", pattern, Map.of()));
    }

    /** A path whose name may hold any byte, as {@code %E9}, whether the locale has a character for it or not. */
    static Path path(Path directory, String encodedName) {
        return Path.of(URI.create(directory.toUri() + encodedName));
    }

    Group group(String name, String pattern, Map<String, String> headers) {
        return new Group(name, directory, Pattern.compile(pattern), headers);
    }

    /** Starts a reader, as the next run of an agent would. */
    TailBench open() throws IOException {
        TaildirSettings settings = new TaildirSettings(
                groups,
                positionFile,
                Duration.ofSeconds(3),
                wanted,
                skipsToEnd,
                caches,
                batchEvents,
                maxBatches,
                limits);
        PositionFile positions = new PositionFile(positionFile);
        files = new TailedFiles(settings, positions.read(), clock, this::openFile);
        reader = new TailReader(settings, positions, files, metrics, clock);
        return this;
    }

    private FileChannel openFile(Path file) throws IOException {
        if (unreadable.contains(file.getFileName().toString())) {
            throw new FileSystemException(file.toString(), null, "Too many open files");
        }
        return FileOpening.REAL.open(file);
    }

    TailReader reader() {
        return reader;
    }

    TailedFiles files() {
        return files;
    }

    /** Reads and commits until a round finds nothing more. */
    List<String> drain() throws IOException {
        List<String> bodies = new ArrayList<>();
        for (List<String> batch = batch(); !batch.isEmpty(); batch = batch()) {
            bodies.addAll(batch);
            reader.commit();
        }
        return bodies;
    }

    /** An earlier run of the agent has read this of the log, and has stopped. */
    Path readEarlier(String text) throws IOException {
        Path file = append("x.log", text);
        open().drain();
        close();
        return file;
    }

    /** So that only its name leads to a file. */
    void drainUntilClosed() throws IOException {
        drain();
        passIdleTime();
        drain();
        drain();
        assertThat(files.open()).isZero();
    }

    /** An interrupt fails what reads a file, and nothing that only looks at one. */
    void drainWhileNothingCanBeRead() throws IOException {
        Thread.currentThread().interrupt();
        List<String> bodies = drain();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(bodies).isEmpty();
    }

    /** One batch, uncommitted; empty at the end of a round. */
    List<String> batch() throws IOException {
        EventBatch batch = reader.read();
        if (batch == null) {
            return List.of();
        }
        headers.addAll(Batches.headers(batch));
        List<String> bodies = Batches.bodies(batch);
        batch.release();
        return bodies;
    }

    Path append(String name, String text) {
        return append(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Path append(String name, byte[] bytes) {
        try {
            return Files.write(directory.resolve(name), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to));
    }

    void copy(String from, String to) throws IOException {
        Files.copy(directory.resolve(from), directory.resolve(to));
    }

    void truncate(String name) throws IOException {
        Files.write(directory.resolve(name), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Truncates a file, and writes to it from its start. */
    void writeAnew(String name, String text) throws IOException {
        truncate(name);
        append(name, text);
    }

    void modified(String name, Duration ago) throws IOException {
        Files.setLastModifiedTime(
                directory.resolve(name), FileTime.from(clock.instant().minus(ago)));
    }

    /** So long that every file is idle. */
    void passIdleTime() {
        clock.advance(IDLE.plusSeconds(10));
    }

    long inode(String name) throws IOException {
        return FileId.stat(directory.resolve(name)).id().inode();
    }

    Map<String, Long> positions() throws IOException {
        Map<String, Long> positions = new HashMap<>();
        new PositionFile(positionFile)
                .read()
                .forEach(entry -> positions.put(entry.path().getFileName().toString(), entry.position()));
        return positions;
    }

    /** Ends the reader in good order. */
    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
