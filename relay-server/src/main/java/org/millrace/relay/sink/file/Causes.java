package org.millrace.relay.sink.file;

import java.nio.file.FileSystemException;
import java.util.HashSet;
import java.util.Set;

/** Why something fails again and again: each cause is new once, until it has gone well. One thread. */
final class Causes {
    /** A cause beyond these is as good as known: they are to differ by more than a file's name. */
    private static final int MOST = 20;

    private final Set<String> known = new HashSet<>();
    private long failures;

    /** Counts a failure; true if it is for a cause that is to be told. */
    boolean isNew(Exception failure) {
        failures++;
        return known.size() < MOST && known.add(cause(failure));
    }

    /** It has gone well. Returns how often it had not. */
    long heal() {
        long before = failures;
        failures = 0;
        known.clear();
        return before;
    }

    /** Without the names of files, by which no two would be the same. */
    private static String cause(Exception failure) {
        return failure instanceof FileSystemException about
                ? about.getClass().getName() + ": " + about.getReason()
                : failure.toString();
    }
}
