package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file being read, which notes whether it was the file system that failed: what parts it into events, a plug-in perhaps, throws what it
 * likes, and only this tells a disk that fails, or a mount that is stale, from a file that is damaged. One thread.
 */
final class SpoolContent extends FileChannel {
    private final FileChannel file;
    private boolean hasFailed;

    SpoolContent(FileChannel file) {
        this.file = file;
    }

    /** Whether the file system has failed since this was asked last. */
    boolean hasFailed() {
        boolean before = hasFailed;
        hasFailed = false;
        return before;
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    private <T> T noting(Operation<T> operation) throws IOException {
        try {
            return operation.run();
        } catch (IOException e) {
            hasFailed |= isOpen(); // who has closed it has no right to be surprised
            throw e;
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return noting(() -> file.read(target));
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return noting(() -> file.read(targets, offset, length));
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return noting(() -> file.read(target, position));
    }

    /** Notes nothing: it may be the target that fails. */
    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(position, count, target);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return noting(() -> file.map(mode, position, size));
    }

    @Override
    public long position() throws IOException {
        return noting(file::position);
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        noting(() -> file.position(newPosition));
        return this;
    }

    @Override
    public long size() throws IOException {
        return noting(file::size);
    }

    @Override
    public FileLock lock(long position, long size, boolean isShared) throws IOException {
        return file.lock(position, size, isShared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean isShared) throws IOException {
        return file.tryLock(position, size, isShared);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return file.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return file.write(sources, offset, length);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return file.write(source, position);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        return file.transferFrom(source, position, count);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
    }

    @Override
    public void force(boolean withMetadata) throws IOException {
        file.force(withMetadata);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
