package org.millrace.relay.sink.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The real thing. Not by channels, which an interrupt of the sink's thread would close in the midst of a write. */
final class LocalDisk implements Disk {
    @Override
    public OpenFile create(Path file) throws IOException {
        Files.createFile(file); // fails if it is there
        OpenFile open = openUnlessInUse(file);
        if (open == null) {
            throw new FileAlreadyExistsException(file.toString(), null, "somebody else opened it just now");
        }
        return open;
    }

    @Override
    public @Nullable OpenFile openUnlessInUse(Path file) throws IOException {
        RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
        try {
            FileLock lock = open.getChannel().tryLock(); // lasts until the file is closed
            if (lock != null) {
                return new LocalFile(open);
            }
        } catch (OverlappingFileLockException e) {
            // another sink of this agent has it
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
        open.close();
        return null;
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

    private record LocalFile(RandomAccessFile file) implements OpenFile {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void cutTo(long length) throws IOException {
            file.setLength(length);
            file.seek(length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
