package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The plots of a run: throughput and latency over time, and the percentiles. */
final class RunPlots {
    private static final int TICKS_PER_HALF = 10;
    /** What is faster stands at the lower edge. */
    private static final long LEAST_NANOS = 1000;

    private final LoadResult result;
    private final History history;
    private final List<Double> atSeconds;
    private final Axis time;

    RunPlots(LoadResult result, History history) {
        this.result = result;
        this.history = history;
        this.atSeconds = history.points().stream()
                .map(point -> (point.fromNanos() + point.toNanos()) / 2e9)
                .toList();
        this.time = Axis.time(history.points().stream()
                        .mapToLong(History.Point::toNanos)
                        .max()
                        .orElse(0)
                / 1e9);
    }

    void writeTo(StringBuilder html) {
        if (history.points().isEmpty()) {
            html.append("<p>Nothing to plot over time: no whole second was measured.</p>\n");
        } else {
            throughput().writeTo(html);
            latency(html);
        }
        if (result.figures().latencyNanos.getTotalCount() > 0) {
            percentiles().writeTo(html);
        }
    }

    private String grain(String rest) {
        int seconds = history.secondsPerPoint();
        return seconds == 1 ? "" : " · a point is " + seconds + " s" + rest;
    }

    private Plot throughput() {
        List<Double> acked =
                history.points().stream().map(History.Point::ackedPerSecond).toList();
        List<Plot.Line> lines = new ArrayList<>();
        lines.add(new Plot.Line("acked", "a", atSeconds, acked));
        double most = most(acked);
        if (result.plan().isOpenLoop()) {
            List<Double> asked = history.points().stream().map(this::asked).toList();
            lines.add(new Plot.Line("asked for", "c", atSeconds, asked));
            most = Math.max(most, most(asked));
        }
        double least = acked.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        String summary = String.format(
                Locale.ROOT,
                "Between %,.0f and %,.0f events acked a second over %.0f seconds",
                least,
                most(acked),
                result.seconds());
        return new Plot(
                "Throughput",
                "events/s" + grain(": the mean"),
                summary,
                time,
                Axis.linear(most, RunPlots::count),
                lines);
    }

    /** Events a second that the pace had due in the time of a point. */
    private double asked(History.Point point) {
        long offset = history.firstNanos();
        long due = dueBefore(offset + point.toNanos()) - dueBefore(offset + point.fromNanos());
        return due * (double) result.plan().batchEvents() / Math.max(1e-9, (point.toNanos() - point.fromNanos()) / 1e9);
    }

    /** Batches, by bisection, as their moments are in order. */
    private long dueBefore(long nanos) {
        long low = 0;
        long high = 1;
        LoadPlan plan = result.plan();
        long end = Math.min(nanos, plan.sendingNanos());
        while (plan.intendedNanos(high) < end) {
            high *= 2;
        }
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (plan.intendedNanos(middle) < end) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void latency(StringBuilder html) {
        List<Double> p50 = latencies(History.Point::p50Nanos);
        List<Double> p99 = latencies(History.Point::p99Nanos);
        List<Double> max = latencies(History.Point::maxNanos);
        if (most(max) == 0) {
            html.append("<p>No latencies to plot: nothing was acked.</p>\n");
            return;
        }
        double least = p50.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .min()
                .orElse(LEAST_NANOS);
        String summary = "Worst second: median " + Units.time((long) most(p50)) + ", 99th percentile "
                + Units.time((long) most(p99)) + ", maximum " + Units.time((long) most(max));
        new Plot(
                        "Latency over time",
                        "of a batch, logarithmic" + grain(": its worst second"),
                        summary,
                        time,
                        Axis.logarithmic(least, most(max), RunPlots::duration),
                        List.of(
                                new Plot.Line("max", "c", atSeconds, max),
                                new Plot.Line("p99", "b", atSeconds, p99),
                                new Plot.Line("p50", "a", atSeconds, p50)))
                .writeTo(html);
    }

    private List<Double> latencies(ToLongFunction<History.Point> of) {
        return history.points().stream()
                .map(point -> point.batches() == 0 ? Double.NaN : (double) Math.max(LEAST_NANOS, of.applyAsLong(point)))
                .toList();
    }

    private Plot percentiles() {
        Histogram latency = result.figures().latencyNanos;
        Histogram own = result.figures().ownDelayNanos;
        List<Plot.Line> lines = new ArrayList<>();
        lines.add(curve("latency", "a", latency));
        if (own.getTotalCount() > 0) {
            lines.add(curve("own delay", "c", own));
        }
        double least = lines.stream().mapToDouble(line -> line.y().get(0)).min().orElse(LEAST_NANOS);
        double most = Math.max(latency.getMaxValue(), own.getMaxValue());
        String summary = "Median " + Units.time(latency.getValueAtPercentile(50)) + ", 99th percentile "
                + Units.time(latency.getValueAtPercentile(99)) + ", maximum " + Units.time(latency.getMaxValue());
        return new Plot(
                "Percentiles",
                "latency of a batch, and what of it was the load tester's own delay; logarithmic",
                summary,
                Axis.percentiles(latency.getTotalCount()),
                Axis.logarithmic(least, Math.max(most, 2 * LEAST_NANOS), RunPlots::duration),
                lines);
    }

    private static Plot.Line curve(String name, String look, Histogram histogram) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        x.add(0.0);
        y.add((double) Math.max(LEAST_NANOS, histogram.getMinValue()));
        for (HistogramIterationValue value : histogram.percentiles(TICKS_PER_HALF)) {
            x.add(value.getPercentileLevelIteratedTo());
            y.add((double) Math.max(LEAST_NANOS, value.getValueIteratedTo()));
        }
        return new Plot.Line(name, look, x, y);
    }

    private static double most(List<Double> values) {
        return values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(0);
    }

    /** {@code 50}, {@code 20k}, {@code 1.5M}. */
    static String count(double value) {
        if (value >= 1e6) {
            return round(value / 1e6) + "M";
        }
        return value >= 1e4 ? round(value / 1e3) + "k" : round(value);
    }

    /** {@code 20 µs}, {@code 5 ms}, {@code 1 s}. */
    static String duration(double nanos) {
        if (nanos < 0.9999e6) {
            return round(nanos / 1e3) + " µs";
        }
        return nanos < 0.9999e9 ? round(nanos / 1e6) + " ms" : round(nanos / 1e9) + " s";
    }

    /** Without digits that say nothing. */
    private static String round(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
