package org.millrace.hdfs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.util.Progressable;

/** The local file system under {@code fault:///}, with faults that a test asks for. */
public final class FaultyFileSystem extends RawLocalFileSystem {
    /** Calls that can fail. */
    enum Op {
        CREATE,
        WRITE,
        FLUSH,
        CLOSE,
        RENAME,
        STATUS,
        EXISTS,
        DELETE,
        TRUNCATE;

        /** Such a call for a file whose name begins like this. */
        BiPredicate<Op, Path> on(String prefix) {
            return (called, path) -> called == this && path.getName().startsWith(prefix);
        }
    }

    /** What happens before a call. */
    interface Fault {
        Fault NONE = (op, path) -> true;

        /**
         * May throw, or take its time.
         *
         * @return false to make a rename answer false
         */
        boolean before(Op op, Path path) throws IOException;

        /** The call has been made; if this throws, its answer is lost. */
        default void after(Op op, Path path) throws IOException {}

        /** Fails the next so many calls of a kind. */
        static Fault failing(Op failing, int times) {
            return failing((op, path) -> op == failing, times);
        }

        /** All calls of a kind take their time. */
        static Fault slow(Op slow, Duration time) {
            return (op, path) -> {
                if (op == slow) {
                    LockSupport.parkNanos(time.toNanos());
                }
                return true;
            };
        }

        static Fault failing(BiPredicate<Op, Path> which, int times) {
            AtomicInteger left = new AtomicInteger(times);
            return (op, path) -> {
                if (which.test(op, path) && left.getAndDecrement() > 0) {
                    throw new IOException("injected: " + op);
                }
                return true;
            };
        }
    }

    static volatile Fault fault = Fault.NONE;

    /** Whether streams say that a flush of theirs does something. */
    static volatile boolean canFlush = true;

    private static final AtomicInteger OPEN = new AtomicInteger();

    /** So many have been opened and not closed. */
    static int open() {
        return OPEN.get();
    }

    @Override
    public void initialize(URI uri, Configuration conf) throws IOException {
        super.initialize(uri, conf);
        OPEN.incrementAndGet();
    }

    @Override
    public void close() throws IOException {
        super.close();
        OPEN.decrementAndGet();
    }

    @Override
    public String getScheme() {
        return "fault";
    }

    @Override
    public URI getUri() {
        return URI.create("fault:///");
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        fault.before(Op.CREATE, file);
        FSDataOutputStream out = super.create(file, overwrite, bufferSize, replication, blockSize, progress);
        fault.after(Op.CREATE, file);
        return new FSDataOutputStream(new FaultyStream(out, file), null);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        boolean renamed = fault.before(Op.RENAME, to) && super.rename(from, to);
        fault.after(Op.RENAME, to);
        return renamed;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        fault.before(Op.STATUS, path);
        return super.getFileStatus(path);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        fault.before(Op.EXISTS, path);
        return super.exists(path);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        fault.before(Op.DELETE, path);
        boolean deleted = super.delete(path, recursive);
        fault.after(Op.DELETE, path);
        return deleted;
    }

    @Override
    public boolean truncate(Path path, long length) throws IOException {
        fault.before(Op.TRUNCATE, path);
        boolean cut = super.truncate(path, length);
        fault.after(Op.TRUNCATE, path);
        return cut;
    }

    private static final class FaultyStream extends FilterOutputStream implements Syncable, StreamCapabilities {
        private final FSDataOutputStream file;
        private final Path path;

        FaultyStream(FSDataOutputStream file, Path path) {
            super(file);
            this.file = file;
            this.path = path;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            fault.before(Op.WRITE, path);
            file.write(bytes, offset, length);
            fault.after(Op.WRITE, path);
        }

        @Override
        public boolean hasCapability(String capability) {
            return canFlush && file.hasCapability(capability);
        }

        @Override
        public void hflush() throws IOException {
            fault.before(Op.FLUSH, path);
            file.hflush();
            fault.after(Op.FLUSH, path);
        }

        @Override
        public void hsync() throws IOException {
            file.hsync();
        }

        @Override
        public void close() throws IOException {
            fault.before(Op.CLOSE, path);
            file.close();
            fault.after(Op.CLOSE, path);
        }
    }
}
