package org.millrace.api.deadletter;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What dead letters ask of a disk: so that a test can fail any of it. One thread. */
interface Disk {
    /** Makes a file that nobody has, and locks it: who finds it can tell that it is being written. */
    OpenFile create(Path file) throws IOException;

    /** Opens a file that is there and locks it; null if somebody writes it. */
    @Nullable
    OpenFile openUnlessInUse(Path file) throws IOException;

    /** Gives a file another name, which nobody has. */
    void rename(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** Makes names survive a power cut. */
    void forceDirectory(Path directory) throws IOException;

    /** A file that is ours. */
    interface OpenFile extends EventContainerReader.Bytes {
        /** All of the bytes. */
        void write(long position, byte[] bytes) throws IOException;

        void force() throws IOException;

        void cutTo(long length) throws IOException;
    }
}
