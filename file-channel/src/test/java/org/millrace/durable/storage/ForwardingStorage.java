package org.millrace.durable.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.millrace.api.support.LockedException;

/** Another storage as it is; a test changes what it is about. */
public class ForwardingStorage implements Storage {
    private final Storage storage;

    public ForwardingStorage(Storage storage) {
        this.storage = storage;
    }

    @Override
    public final Path path() {
        return storage.path();
    }

    @Override
    public final List<String> list() throws IOException {
        return storage.list();
    }

    @Override
    public final List<String> list(String subdirectory) throws IOException {
        return storage.list(subdirectory);
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        return storage.open(name, access);
    }

    @Override
    public final StorageFile createZeroed(String name, long bytes) throws IOException {
        return storage.createZeroed(name, bytes);
    }

    @Override
    public final byte[] readAll(String name) throws IOException {
        return storage.readAll(name);
    }

    @Override
    public final void replace(String name, byte[] content) throws IOException {
        storage.replace(name, content);
    }

    @Override
    public final void rename(String from, String to) throws IOException {
        storage.rename(from, to);
    }

    @Override
    public final void delete(String name) throws IOException {
        storage.delete(name);
    }

    @Override
    public final long usableBytes() throws IOException {
        return storage.usableBytes();
    }

    @Override
    public final Closeable lock() throws IOException, LockedException {
        return storage.lock();
    }

    /** One of its files. */
    public static class File implements StorageFile {
        private final StorageFile file;

        public File(StorageFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public final long size() throws IOException {
            return file.size();
        }

        @Override
        public final void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public final void force() throws IOException {
            file.force();
        }

        @Override
        public final void close() throws IOException {
            file.close();
        }
    }
}
