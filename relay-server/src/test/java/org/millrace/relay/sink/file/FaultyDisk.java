package org.millrace.relay.sink.file;

import java.io.IOException;
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
        CUT
    }

    private final Disk disk = new LocalDisk();
    Op failing = Op.NONE;
    int forces;
    int directoryForces;

    private void check(Op op) throws IOException {
        if (op == failing) {
            throw new IOException("No space left on device (" + op + ")");
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
            file.close();
        }
    }
}
