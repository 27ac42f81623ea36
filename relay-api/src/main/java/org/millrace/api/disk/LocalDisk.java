package org.millrace.api.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The real thing. Not by channels, which an interrupt of the sink's thread would close in the midst of a write. */
public final class LocalDisk implements Disk {
    private final Locks locks;

    /** Locks a file until it is closed; false if somebody else has the lock. */
    interface Locks {
        boolean tryLock(RandomAccessFile file) throws IOException;
    }

    public LocalDisk() {
        this(LocalDisk::tryLock);
    }

    LocalDisk(Locks locks) {
        this.locks = locks;
    }

    private static boolean tryLock(RandomAccessFile file) throws IOException {
        try {
            return file.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // another sink of this agent has it
        }
    }

    /** A file to be read alone, whoever writes it. */
    public static ReadableFile openToRead(Path file) throws IOException {
        return new LocalFile(new RandomAccessFile(file.toFile(), "r"));
    }

    @Override
    public OpenFile create(Path file) throws IOException {
        Files.createFile(file); // fails if it is there
        OpenFile open = null;
        try {
            open = openUnlessInUse(file);
        } finally {
            if (open == null) {
                Files.deleteIfExists(file);
            }
        }
        if (open == null) {
            throw new FileAlreadyExistsException(file.toString(), null, "somebody else opened it just now");
        }
        return open;
    }

    @Override
    public @Nullable OpenFile openUnlessInUse(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString()); // to open it would make it
        }
        RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
        boolean isOurs = false;
        try {
            isOurs = locks.tryLock(open);
        } finally {
            if (!isOurs) {
                open.close();
            }
        }
        return isOurs ? new LocalFile(open) : null;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            throw new FileAlreadyExistsException(to.toString());
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel open = FileChannel.open(directory, StandardOpenOption.READ)) {
            open.force(true);
        }
    }

    private record LocalFile(RandomAccessFile file) implements OpenFile {
        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void read(long position, byte[] into) throws IOException {
            file.seek(position);
            file.readFully(into);
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            file.seek(position);
            file.write(bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void cutTo(long length) throws IOException {
            file.setLength(length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
