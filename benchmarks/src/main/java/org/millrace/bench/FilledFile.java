package org.millrace.bench;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that was filled with zeros before, so that a force has none of its size or place to write; it is written over and over. Past the
 * page cache where the file system can do that, as our channel does. One thread at a time.
 */
final class FilledFile implements AutoCloseable {
    static final int MOST_GROUP_BYTES = 4 << 20;

    private static final int FILE_BYTES = 256 << 20;
    private static final int BLOCK_BYTES = 4096;

    private final Path path;
    private final FileChannel file;
    private final ByteBuffer group =
            ByteBuffer.allocateDirect(MOST_GROUP_BYTES + BLOCK_BYTES).alignedSlice(BLOCK_BYTES);
    private long at;

    FilledFile(Path path) throws IOException {
        this.path = path;
        try (FileChannel filling = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long from = 0; from < FILE_BYTES; from += MOST_GROUP_BYTES) {
                filling.write(group.clear().limit(MOST_GROUP_BYTES), from);
            }
            filling.force(true);
        }
        file = open(path);
    }

    private static FileChannel open(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
        } catch (IOException | UnsupportedOperationException e) {
            return FileChannel.open(path, StandardOpenOption.WRITE);
        }
    }

    /** Writes whole blocks behind those written last, and forces them. */
    void write(int bytes) throws IOException {
        int padded = (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
        if (at + padded > FILE_BYTES) {
            at = 0;
        }
        file.write(group.clear().limit(padded), at);
        file.force(false);
        at += padded;
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.delete(path);
    }
}
