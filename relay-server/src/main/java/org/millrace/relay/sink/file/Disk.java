package org.millrace.relay.sink.file;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the sink asks of a disk: so that a test can fail any of it. One thread. */
interface Disk {
    /**
     * Makes a file and locks it, so that who finds it can tell that it is being written.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of this name
     */
    OpenFile create(Path file) throws IOException;

    /** Opens a file that is there and locks it; null if somebody writes it. */
    @Nullable
    OpenFile openUnlessInUse(Path file) throws IOException;

    /** Gives a file another name, which nobody has. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** A file that is ours, written from its beginning to its end. */
    interface OpenFile extends AutoCloseable {
        /** All of the bytes, behind those that are there. */
        void write(byte[] bytes, int offset, int length) throws IOException;

        /** What is written survives a power cut. */
        void force() throws IOException;

        /** What is behind is gone, and writing goes on there. */
        void cutTo(long length) throws IOException;

        @Override
        void close() throws IOException;
    }
}
