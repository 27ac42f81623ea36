package org.millrace.bench;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/** The local file system under {@code hanging:///}, in which writes to some files can hang, as where a data node does not answer. */
public final class HangingFileSystem extends RawLocalFileSystem {
    /** Writes to files whose names start so hang until the latch opens. */
    record Hang(String prefix, CountDownLatch end) {}

    private static volatile @Nullable Hang hang;

    static void begin(Hang next) {
        hang = next;
    }

    @Override
    public String getScheme() {
        return "hanging";
    }

    @Override
    public URI getUri() {
        return URI.create("hanging:///");
    }

    @Override
    public FSDataOutputStream create(
            Path file, boolean overwrite, int bufferSize, short replication, long blockSize, Progressable progress)
            throws IOException {
        return new FSDataOutputStream(
                new Stream(super.create(file, overwrite, bufferSize, replication, blockSize, progress), file.getName()),
                null);
    }

    private static final class Stream extends FilterOutputStream implements Syncable, StreamCapabilities {
        private final FSDataOutputStream file;
        private final String name;

        Stream(FSDataOutputStream file, String name) {
            super(file);
            this.file = file;
            this.name = name;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Hang now = hang;
            if (now != null && name.startsWith(now.prefix)) {
                try {
                    now.end.await();
                } catch (InterruptedException e) {
                    throw (IOException) new InterruptedIOException("interrupted while it hung").initCause(e);
                }
            }
            file.write(bytes, offset, length);
        }

        @Override
        public boolean hasCapability(String capability) {
            return file.hasCapability(capability);
        }

        @Override
        public void hflush() throws IOException {
            file.hflush();
        }

        @Override
        public void hsync() throws IOException {
            file.hsync();
        }
    }
}
