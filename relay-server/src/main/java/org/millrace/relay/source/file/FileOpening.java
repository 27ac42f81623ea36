package org.millrace.relay.source.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How a file is opened that is to be read. */
@FunctionalInterface
public interface FileOpening {
    /** Of the file system itself. */
    FileOpening REAL = file -> FileChannel.open(file, StandardOpenOption.READ);

    /** @return the caller closes it */
    FileChannel open(Path file) throws IOException;
}
