package org.millrace.durable.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/** A directory that counts the bytes that are read in it. Thread-safe. */
final class CountingStorage implements Storage {
    private final Storage storage;
    private final AtomicLong bytesRead = new AtomicLong();

    CountingStorage(Storage storage) {
        this.storage = storage;
    }

    long bytesRead() {
        return bytesRead.get();
    }

    @Override
    public Path path() {
        return storage.path();
    }

    @Override
    public List<String> list(String subdirectory) throws IOException {
        return storage.list(subdirectory);
    }

    @Override
    public List<String> list() throws IOException {
        return storage.list();
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        StorageFile file = storage.open(name, access);
        return new StorageFile() {
            @Override
            public long size() throws IOException {
                return file.size();
            }

            @Override
            public void write(ByteBuffer source, long position) throws IOException {
                file.write(source, position);
            }

            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                int bytes = file.read(target, position);
                bytesRead.addAndGet(bytes);
                return bytes;
            }

            @Override
            public void force() throws IOException {
                file.force();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public StorageFile createZeroed(String name, long bytes) throws IOException {
        return storage.createZeroed(name, bytes);
    }

    @Override
    public byte[] readAll(String name) throws IOException {
        return storage.readAll(name);
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        storage.replace(name, content);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        storage.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        storage.delete(name);
    }

    @Override
    public long usableBytes() throws IOException {
        return storage.usableBytes();
    }

    @Override
    public Closeable lock() throws IOException, LockedException {
        return storage.lock();
    }
}
