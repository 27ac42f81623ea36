package org.millrace.load;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is told, and where. */
final class ResultOptions {
    private static final int TICKS_PER_HALF = 5;
    private static final double NANOS_IN_MILLI = 1e6;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(
            names = "--hdr",
            paramLabel = "FILE",
            description = "Write the latencies of each second as an HdrHistogram log.")
    private @Nullable Path hdr;

    @Option(
            names = "--percentiles",
            paramLabel = "FILE",
            description = "Write the percentiles of the latency, in ms, as HdrHistogram's plotters read them.")
    private @Nullable Path percentiles;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write a page with plots, one HTML file that needs no network.")
    private @Nullable Path report;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress on standard error.")
    private boolean quiet;

    /**
     * Refuses before the run what could not be written after it.
     *
     * @param search whether a rate is searched, in many runs
     */
    void check(boolean search) {
        checkFile("--hdr", hdr);
        checkFile("--percentiles", percentiles);
        checkFile("--report", report);
        if (search && hdr != null) {
            throw new OptionException("--hdr", hdr + " (expected: without --find-rate, which makes many runs)");
        }
    }

    private static void checkFile(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory) || Files.isDirectory(file)) {
            throw new OptionException(option, file + " (expected: a file in a directory that exists)");
        }
    }

    boolean isQuiet() {
        return quiet;
    }

    /** Null if none is asked for. The caller closes it. */
    @Nullable
    HdrLog hdrLog() throws IOException {
        return hdr == null ? null : HdrLog.create(hdr, InstantSource.system());
    }

    /**
     * Tells of a run.
     *
     * @param settings of a report: what was asked for, names and values
     */
    void tell(LoadResult result, List<List<String>> settings, History history, PrintWriter out) throws IOException {
        if (json) {
            out.println(ResultJson.of(result));
            out.flush();
        } else {
            new ResultTable(out).print(result);
        }
        write(new HtmlReport(settings, InstantSource.system().instant(), result, history, null));
    }

    /** Tells of a search. */
    void tell(RateSearch.Outcome outcome, List<List<String>> settings, History history, PrintWriter out)
            throws IOException {
        if (json) {
            out.println(ResultJson.of(outcome));
            out.flush();
        } else {
            new ResultTable(out).print(outcome);
        }
        write(new HtmlReport(settings, InstantSource.system().instant(), outcome.result(), history, outcome));
    }

    private void write(HtmlReport page) throws IOException {
        if (percentiles != null) {
            writePercentiles(percentiles, page.result().figures().latencyNanos);
        }
        if (report != null) {
            page.write(report);
        }
    }

    private static void writePercentiles(Path path, Histogram latencyNanos) throws IOException {
        try (PrintStream file = new PrintStream(new FileOutputStream(path.toFile()), false, StandardCharsets.UTF_8)) {
            latencyNanos.outputPercentileDistribution(file, TICKS_PER_HALF, NANOS_IN_MILLI);
            if (file.checkError()) {
                throw new IOException(path + ": the percentiles could not be written to their end");
            }
        }
    }
}
