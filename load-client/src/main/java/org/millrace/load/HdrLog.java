package org.millrace.load;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes what was measured as an HdrHistogram log, a line a second: latencies in nanoseconds without a tag, the load tester's own delay
 * with the tag {@value #OWN_DELAY}. The format is that of {@link HistogramLogWriter}, version 1.3, which its tools read. Encoding
 * takes milliseconds, so that a thread of its own does it. {@link #second}: the sender's thread; {@link #close}: whoever made it.
 */
final class HdrLog implements LoadListener, AutoCloseable {
    static final String OWN_DELAY = "own-delay";

    /** Seconds that wait for a disk; those that come when it is full are missed, and {@link #close} says so. */
    private static final int MOST_WAITING = 60;

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

    private static final double NANOS_IN_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final double NANOS_IN_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final PrintStream out;
    private final HistogramLogWriter log;
    private final ThreadPoolExecutor writer =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), HdrLog::daemon);
    private int missedSeconds;

    private HdrLog(Path file, PrintStream out) {
        this.file = file;
        this.out = out;
        this.log = new HistogramLogWriter(out);
    }

    /** Makes the file anew. The caller closes it. */
    static HdrLog create(Path file, InstantSource clock) throws IOException {
        HdrLog made =
                new HdrLog(file, new PrintStream(new FileOutputStream(file.toFile()), false, StandardCharsets.UTF_8));
        made.log.outputComment("[Latencies of millrace load in ns; maxima below in ms]");
        made.log.outputLogFormatVersion();
        made.log.outputBaseTime(clock.millis());
        made.log.outputStartTime(clock.millis());
        made.log.outputLegend();
        return made;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "hdr-log");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void second(Second second) {
        if (second.measured()) {
            try {
                writer.execute(() -> write(second));
            } catch (RejectedExecutionException e) {
                missedSeconds++;
            }
        }
    }

    private void write(Second second) {
        write(second, second.figures().latencyNanos, null);
        write(second, second.figures().ownDelayNanos, OWN_DELAY);
        out.flush();
    }

    private void write(Second second, Histogram histogram, @Nullable String tag) {
        histogram.setTag(tag);
        double end = second.endNanos() / NANOS_IN_SECOND;
        log.outputIntervalHistogram(end - second.nanos() / NANOS_IN_SECOND, end, histogram, NANOS_IN_MILLI);
    }

    /** @throws IOException if not all of it could be written */
    @Override
    public void close() throws IOException {
        writer.shutdown();
        boolean ended = awaitWriter();
        boolean failed = out.checkError();
        out.close();
        if (failed || !ended || missedSeconds > 0) {
            throw new IOException(file + ": the HdrHistogram log could not be written to its end");
        }
    }

    private boolean awaitWriter() {
        try {
            return writer.awaitTermination(LONGEST_CLOSE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
