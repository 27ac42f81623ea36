package org.millrace.api.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What who writes files asks of a disk: so that a test can fail any of it. One thread. */
public interface Disk {
    /**
     * Makes a file and locks it: who finds it can tell that it is being written. If that fails, no file is left.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of this name
     */
    OpenFile create(Path file) throws IOException;

    /**
     * Opens a file that is there and locks it; null if somebody writes it.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there
     */
    @Nullable
    OpenFile openUnlessInUse(Path file) throws IOException;

    /** Gives a file another name, which nobody has. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** Makes names survive a power cut. */
    void forceDirectory(Path directory) throws IOException;

    /** A file that can be read. */
    interface ReadableFile extends Closeable {
        long length() throws IOException;

        /** Fills the array; fails at the end of the file. */
        void read(long position, byte[] into) throws IOException;
    }

    /** A file that is ours. */
    interface OpenFile extends ReadableFile {
        /** All of the bytes. */
        void write(long position, byte[] bytes, int offset, int length) throws IOException;

        /** What is written survives a power cut. */
        void force() throws IOException;

        /** What is behind is gone. */
        void cutTo(long length) throws IOException;
    }
}
