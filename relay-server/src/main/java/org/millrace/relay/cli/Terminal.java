package org.millrace.relay.cli;

import java.io.IOException;
import java.nio.file.Path;

/** Tells whether somebody looks at what we print. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether standard error is a terminal. {@link System#console} asks about other streams, and does not tell from Java 22 on. Where
     * there is no {@code /proc}, nobody is supposed to look.
     */
    static boolean isStandardError() {
        try {
            String target = Path.of("/proc/self/fd/2").toRealPath().toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
