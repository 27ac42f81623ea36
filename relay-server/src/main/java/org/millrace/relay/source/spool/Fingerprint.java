package org.millrace.relay.source.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Tells a file of which some was delivered from another one that got its name, however alike they begin.
 *
 * @param state of the file when it was opened
 * @param checksum CRC-32C of all that was delivered, in hex; null if that could not be read
 */
record Fingerprint(FileState state, @Nullable String checksum) {
    /**
     * True if the bytes delivered stand at the start of this file: it is the same, or that one grown, or mended further on.
     *
     * @param now its state
     */
    boolean fits(FileState now, FileChannel content, long delivered) throws IOException {
        return state.equals(now)
                || (checksum != null && checksum.equals(new DeliveredChecksum().upTo(delivered, content)));
    }
}
