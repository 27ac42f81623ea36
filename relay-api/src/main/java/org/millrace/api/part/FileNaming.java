package org.millrace.api.part;

import java.nio.file.Path;
import java.time.Instant;

/** Gives the files of a sink their names. The sink's thread only; each sink has its own. */
public interface FileNaming {
    /**
     * The next name, each given once. One that is taken already is passed over, and the next one is asked for.
     *
     * @param now when the file begins
     * @return relative to the sink's directory, and in {@link #directory}
     */
    String next(Instant now);

    /**
     * True for a name that this, or the same in an earlier run, may have given: such files are finished after a crash, where {@code
     * sink.inUseSuffix} tells them.
     */
    boolean isOurs(String name);

    /** The directory that all files are in, relative to the sink's; it has to be there. */
    default Path directory() {
        return Path.of("");
    }
}
