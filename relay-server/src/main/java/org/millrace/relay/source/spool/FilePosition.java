package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.FileHead;

/**
 * How far a file was read.
 *
 * @param offset of the next event, in bytes
 * @param head the file's {@link FileHead}, or null where Flume wrote the position
 */
record FilePosition(Path file, long offset, @Nullable String head) {
    /** True if it can be a position in this file, which has the right name. */
    boolean fits(FileChannel content) throws IOException {
        return offset <= content.size() && (head == null || FileHead.matches(head, content));
    }
}
