package org.millrace.durable.tool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.Storage;
import org.millrace.durable.storage.StorageFile;

/** A directory in which some bytes come late to who reads them, as beside an agent that is about to write them. One thread. */
final class LateStorage implements Storage {
    private final Storage storage;
    private String lateFile = "";
    private long from;
    private long to;
    private int readsBefore;

    LateStorage(Storage storage) {
        this.storage = storage;
    }

    /** So many reads still see zeros there. */
    void delay(ChannelOnDisk.Group group, long fromOffset, int reads) {
        lateFile = group.file().getFileName().toString();
        from = fromOffset;
        to = group.offset() + group.header().paddedBytes();
        readsBefore = reads;
    }

    /** Reads that are still to see the old bytes. */
    int readsBefore() {
        return readsBefore;
    }

    private void hide(ByteBuffer target, int start, long position, int bytes) {
        long first = Math.max(from, position);
        long behind = Math.min(to, position + bytes);
        if (readsBefore > 0 && first < behind) {
            readsBefore--;
            for (long at = first; at < behind; at++) {
                target.put((int) (start + at - position), (byte) 0);
            }
        }
    }

    @Override
    public StorageFile open(String name, Access access) throws IOException {
        StorageFile file = storage.open(name, access);
        return name.equals(lateFile) ? new Late(file) : file;
    }

    private final class Late implements StorageFile {
        private final StorageFile file;

        Late(StorageFile file) {
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int start = target.position();
            int bytes = file.read(target, position);
            hide(target, start, position, bytes);
            return bytes;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public Path path() {
        return storage.path();
    }

    @Override
    public List<String> list() throws IOException {
        return storage.list();
    }

    @Override
    public List<String> list(String subdirectory) throws IOException {
        return storage.list(subdirectory);
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
    public void rename(String source, String target) throws IOException {
        storage.rename(source, target);
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
