package org.millrace.verify;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells how far the work has got, once a second, on a line that is written over on a terminal. One thread. */
final class ProgressLine implements Runnable, AutoCloseable {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WIDTH = 80;

    private final @Nullable PrintWriter err;
    private final boolean terminal;
    private final Sightings sightings;
    private final FileTally tally;
    private long toldNanos = System.nanoTime();
    private boolean isLineOpen;

    /** @param err null if nothing is to be told */
    ProgressLine(@Nullable PrintWriter err, boolean terminal, Sightings sightings, FileTally tally) {
        this.err = err;
        this.terminal = terminal;
        this.sightings = sightings;
        this.tally = tally;
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        if (err == null || now - toldNanos < EVERY_NANOS) {
            return;
        }
        toldNanos = now;
        String line = String.format(
                Locale.ROOT,
                "%,d events, %,d files, %,.0f MB read",
                sightings.looked(),
                tally.files(),
                tally.bytes() / 1e6);
        if (terminal) {
            err.print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
            isLineOpen = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    @Override
    public void close() {
        if (err != null && isLineOpen) {
            err.print("\r" + " ".repeat(WIDTH) + "\r");
            err.flush();
        }
    }
}
