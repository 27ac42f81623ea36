package org.millrace.hdfs;

import java.io.IOException;

/**
 * Which files are open cannot be noted: there are too many, or the agent's disk does not take it. Trouble of the sink's own, not of the
 * channel, although nothing can be committed meanwhile.
 */
final class ManifestException extends IOException {
    private static final long serialVersionUID = 1;

    ManifestException(String message) {
        super(message);
    }

    ManifestException(String message, IOException cause) {
        super(message, cause);
    }
}
