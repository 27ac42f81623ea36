package org.millrace.load;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells about a run while it lasts: a line a second, which is written over on a terminal. */
final class ProgressLine implements LoadListener, AutoCloseable {
    private static final int WIDTH = 120;

    private final PrintWriter err;
    private final boolean terminal;
    /** In a search, the rate that is tried. */
    private String asked = "";

    ProgressLine(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void begin(double eventsPerSecond) {
        asked = String.format(Locale.ROOT, "at %,.0f: ", eventsPerSecond);
    }

    @Override
    public void second(Second second) {
        String line = asked + line(second);
        if (terminal) {
            err.print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** What is printed next starts on a line of its own. */
    @Override
    public void close() {
        if (terminal) {
            err.print("\r" + " ".repeat(WIDTH) + "\r");
            err.flush();
        }
    }

    private static String line(Second second) {
        String time = String.format(Locale.ROOT, "%5.0f s  ", second.endNanos() / 1e9);
        if (!second.measured()) {
            return time + "warming up, " + second.inFlight() + " in flight";
        }
        Figures figures = second.figures();
        return time
                + String.format(
                        Locale.ROOT,
                        "%,10.0f events/s   p50 %-8s p99 %-8s max %-8s %d in flight, %d reconnects, %d retries, %d failed",
                        figures.ackedEvents / (Math.max(1, second.nanos()) / 1e9),
                        Units.time(figures.latencyNanos.getValueAtPercentile(50)),
                        Units.time(figures.latencyNanos.getValueAtPercentile(99)),
                        Units.time(figures.latencyNanos.getMaxValue()),
                        second.inFlight(),
                        figures.reconnects,
                        figures.retries,
                        figures.failedEvents());
    }
}
