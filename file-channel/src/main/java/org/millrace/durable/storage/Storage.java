package org.millrace.durable.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.millrace.api.support.LockedException;

/**
 * One directory of a log's files. Everything that the log does to a disk goes through this, so that a test can lose power, fill the
 * disk, or fail any single operation. Thread-safe; none of its threads is ever interrupted on purpose, and {@link StorageFile#read}
 * survives it.
 */
public interface Storage {
    /** How a file is opened. */
    enum Access {
        READ,
        WRITE
    }

    /** Where it is, for messages. */
    Path path();

    /** Names of all files here, sorted, without directories. */
    List<String> list() throws IOException;

    /** Names of all files in a directory of this one, such as {@code quarantine}, with the directory in front; none if it is not there. */
    List<String> list(String subdirectory) throws IOException;

    /**
     * Opens a file that exists. {@code WRITE} allows reading too. The caller closes it.
     *
     * @throws java.nio.file.AccessDeniedException if it is not for this process; as {@link #readAll} does
     */
    StorageFile open(String name, Access access) throws IOException;

    /**
     * Makes a file of zeros. When this returns its blocks are allocated and on disk, and so is its name: writing to it needs no more
     * room and no change of metadata. A call that fails leaves no file of this name.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of this name
     */
    StorageFile createZeroed(String name, long bytes) throws IOException;

    /** The whole of a small file. */
    byte[] readAll(String name) throws IOException;

    /** Puts a small file in place, or replaces it: a crash leaves the old content or the new, on disk when this returns. */
    void replace(String name, byte[] content) throws IOException;

    /**
     * Renames a file; on disk when this returns. Both names may have a directory in front ({@code quarantine/...}), which is made if it is
     * missing, as by {@link #replace}.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of the new name
     */
    void rename(String from, String to) throws IOException;

    /** Deletes a file; on disk when this returns. */
    void delete(String name) throws IOException;

    /** Bytes that this process may still write on this disk. */
    long usableBytes() throws IOException;

    /**
     * Keeps other processes, and other channels of this one, out until the lock is closed.
     *
     * @throws LockedException if another has it
     */
    Closeable lock() throws IOException, LockedException;
}
