package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.millrace.relay.source.file.FileHead;
import org.millrace.relay.source.file.FileOpening;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a file was read.
 *
 * @param offset of the next event, in bytes
 * @param head the file's {@link FileHead}, or null where Flume wrote the position, or the head could not be read
 * @param fingerprint what else it is known by; null where Flume wrote the position
 */
record FilePosition(
        Path file,
        long offset,
        @Nullable String head,
        @Nullable Fingerprint fingerprint) {
    private static final Logger log = LoggerFactory.getLogger(FilePosition.class);

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

    /** The same in the same file, as it is called now. */
    FilePosition under(Path name) {
        return new FilePosition(name, offset, head, fingerprint);
    }

    /** The same with a fingerprint: if it has none, one of the file as it is now, if it is a position in that, and it can be read. */
    FilePosition withFingerprint(FileOpening opening) {
        if (fingerprint != null) {
            return this;
        }
        try (FileChannel content = opening.open(file)) {
            FileState now = FileState.of(file);
            return fits(now, content)
                    ? new FilePosition(
                            file, offset, head, new Fingerprint(now, new DeliveredChecksum().upTo(offset, content)))
                    : this;
        } catch (IOException e) {
            log.debug("{} is known by its head alone", file, e);
            return this;
        }
    }
}
