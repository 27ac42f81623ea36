package org.millrace.load;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
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
            names = {"-q", "--quiet"},
            description = "No progress on standard error.")
    private boolean quiet;

    /** @param search whether a rate is searched, in many runs */
    void check(boolean search) {
        if (search && hdr != null) {
            throw new OptionException("--hdr", hdr + " (expected: without --find-rate, which makes many runs)");
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

    /** Tells of a run. */
    void tell(LoadResult result, PrintWriter out) throws IOException {
        if (json) {
            out.println(ResultJson.of(result));
            out.flush();
        } else {
            new ResultTable(out).print(result);
        }
        write(result);
    }

    /** Tells of a search. */
    void tell(RateSearch.Outcome outcome, PrintWriter out) throws IOException {
        if (json) {
            out.println(ResultJson.of(outcome));
            out.flush();
        } else {
            new ResultTable(out).print(outcome);
        }
        write(outcome.result());
    }

    private void write(LoadResult result) throws IOException {
        if (percentiles == null) {
            return;
        }
        try (PrintStream file =
                new PrintStream(new FileOutputStream(percentiles.toFile()), false, StandardCharsets.UTF_8)) {
            result.figures().latencyNanos.outputPercentileDistribution(file, TICKS_PER_HALF, NANOS_IN_MILLI);
            if (file.checkError()) {
                throw new IOException(percentiles + ": the percentiles could not be written to their end");
            }
        }
    }
}
