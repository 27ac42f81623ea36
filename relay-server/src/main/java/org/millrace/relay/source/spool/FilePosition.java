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
 * @param head the file's {@link FileHead}, or null where Flume wrote the position, or the head could not be read
 * @param fingerprint what else it is known by; null where only the position file has the position
 */
record FilePosition(
        Path file,
        long offset,
        @Nullable String head,
        @Nullable Fingerprint fingerprint) {
    FilePosition(Path file, long offset, @Nullable String head) {
        this(file, offset, head, null);
    }

    static FilePosition start(Path file) {
        return new FilePosition(file, 0, null);
    }

    /**
     * True if it can be a position in this file, which has the right name.
     *
     * @param now the file's state
     */
    boolean fits(FileState now, FileChannel content) throws IOException {
        if (offset > content.size()) {
            return false;
        }
        return fingerprint == null
                ? head == null || FileHead.matches(head, content)
                : fingerprint.fits(now, content, offset);
    }
}
