package org.millrace.durable.storage;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.Blocks;

/**
 * A file of a {@link DiskStorage}. Where writes are direct, whole blocks go past the page cache, and all else through it. It is read through a channel of its own, apart from the one for writing: an interrupt of a reading
 * thread closes that channel for all, and it is opened again.
 */
final class DiskFile implements StorageFile {
    private final Path path;
    private final @Nullable FileChannel writing;
    /** Past the page cache; null: everything goes through it. */
    private final @Nullable FileChannel direct;

    private @Nullable FileChannel reading;
    private boolean isClosed;

    DiskFile(Path path, Storage.Access access, boolean writesDirectly) throws IOException {
        this.path = path;
        this.writing = access == Storage.Access.WRITE ? FileChannel.open(path, WRITE) : null;
        this.reading = writing == null ? FileChannel.open(path, READ) : null;
        this.direct = writing != null && writesDirectly ? openDirect(path, writing) : null;
    }

    private static FileChannel openDirect(Path path, FileChannel toClose) throws IOException {
        try {
            return FileChannel.open(path, WRITE, ExtendedOpenOption.DIRECT);
        } catch (IOException | UnsupportedOperationException e) {
            toClose.close();
            throw e;
        }
    }

    @Override
    public long size() throws IOException {
        return Uninterrupted.call(() -> reading().size());
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        FileChannel channel = direct != null && Blocks.areWhole(source, position) ? direct : writing();
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        return Uninterrupted.call(() -> {
            while (target.hasRemaining()) {
                if (reading().read(target, position + target.position() - start) < 0) {
                    break;
                }
            }
            return target.position() - start;
        });
    }

    @Override
    public void force() throws IOException {
        writing().force(false);
    }

    private FileChannel writing() {
        if (writing == null) {
            throw new NonWritableChannelException();
        }
        return writing;
    }

    private synchronized FileChannel reading() throws IOException {
        if (isClosed) {
            throw new IOException(path + " has been closed");
        }
        FileChannel channel = reading;
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(path, READ);
            reading = channel;
        }
        return channel;
    }

    @Override
    public synchronized void close() throws IOException {
        isClosed = true;
        try (FileChannel first = writing;
                FileChannel second = direct;
                FileChannel third = reading) {
            // Closes what there is; nothing else to do.
        }
    }
}
