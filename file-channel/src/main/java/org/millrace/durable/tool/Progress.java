package org.millrace.durable.tool;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** One line that says how far a long work is, written over and over. One thread. */
final class Progress {
    private static final Duration BETWEEN = Duration.ofMillis(200);

    private final String what;
    private final long totalBytes;
    private final PrintWriter err;
    private final boolean shown;
    private final InstantSource clock;
    private final Instant started;
    private Instant next;
    private int width;

    /** @param shown whether somebody is looking: a terminal */
    Progress(String what, long totalBytes, PrintWriter err, boolean shown, InstantSource clock) {
        this.what = what;
        this.totalBytes = totalBytes;
        this.err = err;
        this.shown = shown;
        this.clock = clock;
        this.started = clock.instant();
        this.next = started.plus(BETWEEN);
    }

    void at(long bytes) {
        if (!shown || clock.instant().isBefore(next)) {
            return;
        }
        next = clock.instant().plus(BETWEEN);
        print(line(bytes));
    }

    /** Wipes the line, so that the result stands alone. */
    void end() {
        if (width > 0) {
            print("");
            err.print('\r');
            err.flush();
        }
    }

    private String line(long bytes) {
        double seconds = Duration.between(started, clock.instant()).toMillis() / 1000.0;
        long rate = (long) (bytes / seconds);
        String left = rate == 0 || bytes > totalBytes
                ? ""
                : ", " + Units.age(Duration.ofSeconds((totalBytes - bytes) / rate)) + " left";
        return what + " " + Units.bytes(bytes) + " of " + Units.bytes(totalBytes) + ", " + Units.bytes(rate) + "/s"
                + left;
    }

    private void print(String line) {
        err.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
        err.flush();
        width = line.length();
    }
}
