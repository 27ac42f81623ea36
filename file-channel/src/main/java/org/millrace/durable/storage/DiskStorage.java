package org.millrace.durable.storage;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.millrace.api.support.DirectoryLock;
import org.millrace.api.support.LockedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of a file system. What it makes under a name of its own, it makes as {@code NAME.new} first: a file that carries a log's
 * name is whole. What a crash has left of a slot, of {@code log.meta} and of the probe for direct writes is deleted by the next one to lock
 * the directory; a note that is left half written in {@code quarantine} stays there.
 */
public final class DiskStorage implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(DiskStorage.class);
    private static final String LOCK_NAME = "LOCK";
    private static final String UNFINISHED = ".new";
    /** What a log makes here. The directory may be anybody's, by mistake: what has other names is not ours to delete. */
    private static final Pattern LEFT_BEHIND = Pattern.compile("(slot-[0-9]+\\.seg|log\\.meta|probe)\\.new");

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 << 10).asReadOnlyBuffer();

    /** Windows does not open directories; there a rename is on disk when it says so. */
    private static final boolean DIRECTORIES_ARE_FORCED =
            !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private final Path directory;
    private final boolean writesDirectly;

    private DiskStorage(Path directory, boolean writesDirectly) {
        this.directory = directory;
        this.writesDirectly = writesDirectly;
    }

    /** The directory, made if there is none; written through the page cache. */
    public static DiskStorage in(Path directory) throws IOException {
        return in(directory, DirectWrites.OFF);
    }

    /** The directory, made if there is none. */
    public static DiskStorage in(Path directory, DirectWrites direct) throws IOException {
        makeDirectory(directory);
        return new DiskStorage(directory, direct.in(directory));
    }

    /** Whether whole blocks go past the page cache. */
    public boolean writesDirectly() {
        return writesDirectly;
    }

    @Override
    public Path path() {
        return directory;
    }

    @Override
    public List<String> list() throws IOException {
        return names(directory);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause(); // the disk has failed between two names
        }
    }

    @Override
    public List<String> list(String subdirectory) throws IOException {
        try {
            return names(directory.resolve(subdirectory)).stream()
                    .map(name -> subdirectory + "/" + name)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        Path file = file(name);
        try {
            return new DiskFile(file, access, writesDirectly);
        } catch (AccessDeniedException e) {
            throw denied(file);
        }
    }

    @Override
    public StorageFile createZeroed(String name, long bytes) throws IOException {
        Path file = file(name);
        refuseExisting(file);
        Path unfinished = file(name + UNFINISHED);
        try {
            writeZeros(unfinished, bytes);
            move(unfinished, file);
            return new DiskFile(file, Access.WRITE, writesDirectly);
        } catch (IOException e) {
            deleteAfter(e, unfinished);
            deleteAfter(e, file);
            throw e;
        }
    }

    @Override
    public byte[] readAll(String name) throws IOException {
        Path file = file(name);
        try {
            return Uninterrupted.call(() -> Files.readAllBytes(file));
        } catch (AccessDeniedException e) {
            throw denied(file);
        }
    }

    /** With what an operator needs to know to change it. */
    static AccessDeniedException denied(Path file) {
        String user = System.getProperty("user.name", "?");
        String why = "user " + user + " may not open it";
        try {
            PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
            why += "; it belongs to " + attributes.owner().getName() + ", mode "
                    + PosixFilePermissions.toString(attributes.permissions());
        } catch (IOException | UnsupportedOperationException e) {
            // then that is all there is to say
        }
        return new AccessDeniedException(file.toString(), null, why);
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        Path file = file(name);
        makeDirectory(parent(file));
        Path unfinished = file(name + UNFINISHED);
        try {
            Uninterrupted.call(() -> {
                try (FileChannel out = FileChannel.open(unfinished, CREATE, TRUNCATE_EXISTING, WRITE)) {
                    writeAll(out, ByteBuffer.wrap(content));
                    out.force(true);
                }
                return content;
            });
            move(unfinished, file);
        } catch (IOException e) {
            deleteAfter(e, unfinished);
            throw e;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path target = file(to);
        refuseExisting(target);
        makeDirectory(parent(target));
        move(file(from), target);
    }

    @Override
    public void delete(String name) throws IOException {
        Path file = file(name);
        Files.delete(file);
        force(parent(file));
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public Closeable lock() throws IOException, LockedException {
        Closeable lock = DirectoryLock.of(directory, LOCK_NAME, "channel", DirectoryLock.Unlockable.REFUSED);
        deleteUnfinished();
        return lock;
    }

    /** It may be as large as a segment, and the reason why there is no room for one. */
    private void deleteUnfinished() {
        try {
            for (String name : list()) {
                if (LEFT_BEHIND.matcher(name).matches()) {
                    deleteUnfinished(file(name));
                }
            }
        } catch (IOException e) {
            LOG.warn("{}: what a crash has left half made cannot be looked for: {}", directory, e.toString());
        }
    }

    private static void deleteUnfinished(Path file) {
        try {
            Files.delete(file);
            LOG.info("{} deleted: a crash has left it half made", file);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted, which a crash has left half made: {}", file, e.toString());
        }
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static void refuseExisting(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
    }

    private static void writeZeros(Path file, long bytes) throws IOException {
        Uninterrupted.call(() -> {
            try (FileChannel out = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE)) {
                for (long left = bytes; left > 0; left -= ZEROS.capacity()) {
                    writeAll(out, ZEROS.duplicate().limit((int) Math.min(left, ZEROS.capacity())));
                }
                out.force(true); // with its metadata: later forces find none to write
            }
            return bytes;
        });
    }

    private static void writeAll(FileChannel out, ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            out.write(source);
        }
    }

    /** Replaces what has the other name; on disk when this returns. */
    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, ATOMIC_MOVE);
        force(parent(to));
        if (!parent(from).equals(parent(to))) {
            force(parent(from));
        }
    }

    /** On disk when this returns, and so are those that had to be made above it. */
    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path above = parent(directory.toAbsolutePath());
            makeDirectory(above);
            Files.createDirectories(directory); // another process may have made it
            force(above);
        }
    }

    private static void force(Path directory) throws IOException {
        if (DIRECTORIES_ARE_FORCED) {
            Uninterrupted.call(() -> {
                try (FileChannel channel = FileChannel.open(directory, READ)) {
                    channel.force(true);
                }
                return directory;
            });
        }
    }

    private static void deleteAfter(IOException failure, Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
