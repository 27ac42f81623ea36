package org.millrace.load;

import java.io.PrintWriter;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A result for people. */
final class ResultTable {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 99.99};

    private final PrintWriter out;

    ResultTable(PrintWriter out) {
        this.out = out;
    }

    void print(LoadResult result) {
        LoadPlan plan = result.plan();
        Figures figures = result.figures();
        line(
                "loop",
                loop(plan) + ", batches of " + plan.batchEvents() + ", " + plan.connections() + " connections x "
                        + plan.inFlight() + " in flight");
        line("measured", String.format(Locale.ROOT, "%.1f s", result.seconds()));
        line(
                "rate",
                String.format(
                        Locale.ROOT,
                        "%,.0f events/s, %.1f MB/s of bodies",
                        result.ackedPerSecond(),
                        figures.ackedBodyBytes / result.seconds() / 1e6));
        line(
                "events",
                String.format(
                        Locale.ROOT,
                        "%,d sent, %,d acked, %,d refused, %,d unknown",
                        figures.sentEvents,
                        figures.ackedEvents,
                        figures.refusedEvents,
                        figures.unknownEvents));
        if (figures.unsentEvents > 0) {
            line(
                    "not sent",
                    String.format(
                            Locale.ROOT,
                            "%,d events, which were due while all places in flight waited for the target; the latency counts their"
                                    + " wait so far",
                            figures.unsentEvents));
        }
        if (figures.reconnects > 0) {
            line("reconnects", Long.toString(figures.reconnects));
        }
        if (figures.retries > 0) {
            line("retries", String.format(Locale.ROOT, "%,d batches failed at a host", figures.retries));
        }
        if (figures.failoverNanos.getTotalCount() > 0) {
            line("failovers", failovers(figures));
        }
        line("latency", percentiles(figures.latencyNanos));
        line("own delay", percentiles(figures.ownDelayNanos));
        result.failures().forEach(failure -> line("failure", failure));
        if (result.gaveUp() != null) {
            line("given up", result.gaveUp());
        }
        for (String reason : result.bottlenecks()) {
            line("BOTTLENECK", "the load tester itself: " + reason);
        }
        out.flush();
    }

    void print(RateSearch.Outcome outcome) {
        for (RateSearch.Step step : outcome.steps()) {
            line("try", step(step));
        }
        line("highest", outcome.conclusion());
        outcome.testersLimit().forEach(reason -> line("BOTTLENECK", "of the load tester, above that: " + reason));
        out.println();
        print(outcome.result());
    }

    private static String step(RateSearch.Step step) {
        String why = step.notBorne();
        return String.format(
                Locale.ROOT,
                "%,11.0f events/s  p99 %-9s %s%s",
                step.eventsPerSecond(),
                Units.time(step.result().figures().latencyNanos.getValueAtPercentile(99)),
                step.phase() == RateSearch.Phase.CONFIRM ? "for longer: " : "",
                why == null ? "borne" : "too much: " + why);
    }

    /** How many there were, and how long it took from a failure at one host to the ack of another. */
    static String failovers(Figures figures) {
        return figures.failoverNanos.getTotalCount() + ": " + percentiles(figures.failoverNanos);
    }

    private void line(String name, String text) {
        out.printf("%-12s%s%n", name, text);
    }

    private static String loop(LoadPlan plan) {
        return plan.pace().map(pace -> "open, " + pace + " asked for").orElse("closed");
    }

    private static String percentiles(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return "none measured";
        }
        StringBuilder text = new StringBuilder();
        for (double percentile : PERCENTILES) {
            String name = percentile == Math.rint(percentile)
                    ? Long.toString((long) percentile)
                    : Double.toString(percentile);
            text.append('p').append(name).append(' ');
            text.append(Units.time(histogram.getValueAtPercentile(percentile))).append(", ");
        }
        return text + "max " + Units.time(histogram.getMaxValue());
    }
}
