package org.millrace.relay.sink.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.api.disk.Disk;
import org.millrace.api.disk.LocalDisk;

/** The real disk, some of whose operations fail when a test says so. */
final class FaultyDisk implements Disk {
    /** What can fail. */
    enum Op {
        NONE,
        CREATE,
        WRITE,
        RENAME,
        CUT,
        CLOSE,
        FORCE_DIRECTORY
    }

    private final Disk disk = new LocalDisk();
    Op failing = Op.NONE;
    Op failingToo = Op.NONE;
    /** Failures are of a kind that nobody expects of a disk. */
    boolean failsUnchecked;

    int renames;
    int closes;
    int forces;
    int directoryForces;

    /** What a failing operation throws; null: that the disk is full. */
    @Nullable
    IOException cause;

    private void check(Op op) throws IOException {
        if (op == failing || op == failingToo) {
            IOException failure = cause == null ? new IOException("No space left on device (" + op + ")") : cause;
            if (failsUnchecked) {
                throw new UncheckedIOException(failure);
            }
            throw failure;
        }
    }

    @Override
    public OpenFile create(Path file) throws IOException {
        check(Op.CREATE);
        return new FaultyFile(disk.create(file));
    }

    @Override
    public @Nullable OpenFile openUnlessInUse(Path file) throws IOException {
        return disk.openUnlessInUse(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        renames++;
        check(Op.RENAME);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        directoryForces++;
        check(Op.FORCE_DIRECTORY);
        disk.forceDirectory(directory);
    }

    private final class FaultyFile implements OpenFile {
        private final OpenFile file;

        FaultyFile(OpenFile file) {
            this.file = file;
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public void read(long position, byte[] into) throws IOException {
            file.read(position, into);
        }

        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            if (failing == Op.WRITE) {
                file.write(position, bytes, offset, length / 2); // as a disk that fills up in the middle
            }
            check(Op.WRITE);
            file.write(position, bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            forces++;
            file.force();
        }

        @Override
        public void cutTo(long length) throws IOException {
            check(Op.CUT);
            file.cutTo(length);
        }

        @Override
        public void close() throws IOException {
            closes++;
            file.close(); // as the system does, which gives the handle back in any case
            check(Op.CLOSE);
        }
    }
}
