package org.millrace.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A result as one page that needs nothing from outside: no script, no network, readable on a phone, in light and dark.
 *
 * @param settings what was asked for, names and values
 * @param finished when the run ended
 * @param search null if no rate was searched
 */
record HtmlReport(
        List<List<String>> settings,
        Instant finished,
        LoadResult result,
        History history,
        RateSearch.@Nullable Outcome search) {
    private static final double[] PERCENTILES = {50, 75, 90, 99, 99.9, 99.99, 99.999};

    void write(Path file) throws IOException {
        Files.writeString(file, html());
    }

    String html() throws IOException {
        StringBuilder html = new StringBuilder(64 << 10);
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .append(
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
                .append(Html.escape("Load on " + settings.get(0).get(1)))
                .append("</title>\n<style>\n")
                .append(style())
                .append("</style></head>\n<body><main>\n<header><h1>")
                .append(Html.escape("Load on " + settings.get(0).get(1)))
                .append("</h1><p>millrace load, ended ")
                .append(Html.escape(finished.truncatedTo(ChronoUnit.SECONDS)
                        .toString()
                        .replace('T', ' ')
                        .replace("Z", " UTC")))
                .append("</p></header>\n");
        verdicts(html);
        tiles(html);
        searched(html);
        new RunPlots(result, history).writeTo(html);
        tables(html);
        return html.append("</main></body></html>\n").toString();
    }

    private static String style() throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IOException("report.css is not beside " + HtmlReport.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    // ---- what it comes to ----

    private void verdicts(StringBuilder html) {
        List<String> own = result.bottlenecks();
        if (!own.isEmpty()) {
            box(
                    "warning",
                    "! The load tester was itself the bottleneck: these figures do not tell what the target bears",
                    own,
                    html);
        }
        if (search != null && !search.testersLimit().isEmpty()) {
            box(
                    "warning",
                    "! Above the highest rate it was the load tester that gave out",
                    search.testersLimit(),
                    html);
        }
        List<String> wrong = new ArrayList<>();
        if (result.gaveUp() != null) {
            wrong.add("Given up: " + result.gaveUp());
        }
        wrong.addAll(result.failures());
        if (result.isGood()) {
            box("good", "✓ Every event that was sent was acked, and no connection broke", List.of(), html);
        } else {
            box(
                    "failed",
                    String.format(
                            Locale.ROOT,
                            "✗ %,d events failed: %,d refused, %,d without an answer",
                            result.figures().failedEvents(),
                            result.figures().refusedEvents,
                            result.figures().unknownEvents),
                    wrong,
                    html);
        }
    }

    private static void box(String look, String text, List<String> items, StringBuilder html) {
        html.append("<section class=\"box ")
                .append(look)
                .append("\"><p>")
                .append(Html.escape(text))
                .append("</p>");
        if (!items.isEmpty()) {
            html.append("<ul>");
            items.forEach(item -> html.append("<li>").append(Html.escape(item)).append("</li>"));
            html.append("</ul>");
        }
        html.append("</section>\n");
    }

    private void tiles(StringBuilder html) {
        Figures figures = result.figures();
        html.append("<dl class=\"tiles\">");
        tile("Rate", String.format(Locale.ROOT, "%,.0f", result.ackedPerSecond()), "events/s acked", html);
        tile("Median", latency(50), "latency of a batch", html);
        tile("p99", latency(99), "latency of a batch", html);
        tile("Maximum", latency(100), "latency of a batch", html);
        tile("Acked", String.format(Locale.ROOT, "%,d", figures.ackedEvents), "events", html);
        tile("Failed", String.format(Locale.ROOT, "%,d", figures.failedEvents()), "events", html);
        html.append("</dl>\n");
    }

    private static void tile(String name, String value, String unit, StringBuilder html) {
        html.append("<div><dt>").append(name).append("</dt><dd>").append(Html.escape(value));
        html.append("<small>").append(unit).append("</small></dd></div>");
    }

    private String latency(double percentile) {
        Histogram latency = result.figures().latencyNanos;
        return latency.getTotalCount() == 0 ? "–" : Units.time(latency.getValueAtPercentile(percentile));
    }

    private void searched(StringBuilder html) {
        if (search == null) {
            return;
        }
        html.append("<section class=\"tries\"><h2>The highest rate</h2><p>").append(Html.escape(search.conclusion()));
        html.append(". What follows is the last of these runs.</p>\n");
        new SearchPlot(search).writeTo(html);
        List<List<String>> rows = new ArrayList<>();
        for (RateSearch.Step step : search.steps()) {
            String why = step.notBorne();
            rows.add(List.of(
                    String.format(Locale.ROOT, "%,.0f", step.eventsPerSecond()),
                    String.format(Locale.ROOT, "%,.0f", step.result().ackedPerSecond()),
                    Units.time(step.result().figures().latencyNanos.getValueAtPercentile(99)),
                    why == null ? "borne" : "too much: " + why));
        }
        Html.table(List.of("asked, events/s", "acked, events/s", "p99", ""), rows, html);
        html.append("</section>\n");
    }

    // ---- in figures ----

    private void tables(StringBuilder html) {
        if (result.figures().latencyNanos.getTotalCount() > 0) {
            percentiles(html);
        }
        html.append("<section><h2>Settings</h2>\n");
        Html.facts(settings, html);
        html.append("</section>\n<section><h2>Counts</h2>\n");
        Html.facts(counts(), html);
        html.append("</section>\n");
        seconds(html);
    }

    private void percentiles(StringBuilder html) {
        Figures figures = result.figures();
        html.append("<section><h2>Percentiles</h2>\n");
        List<List<String>> rows = new ArrayList<>();
        for (double percentile : PERCENTILES) {
            String name = percentile == Math.rint(percentile) ? "p" + (long) percentile : "p" + percentile;
            rows.add(List.of(name, at(figures.latencyNanos, percentile), at(figures.ownDelayNanos, percentile)));
        }
        rows.add(List.of("max", at(figures.latencyNanos, 100), at(figures.ownDelayNanos, 100)));
        Html.table(List.of("", "latency", "own delay of the load tester"), rows, html);
        html.append("</section>\n");
    }

    private static String at(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? "–" : Units.time(histogram.getValueAtPercentile(percentile));
    }

    private List<List<String>> counts() {
        Figures figures = result.figures();
        List<List<String>> counts = new ArrayList<>(List.of(
                List.of("measured", String.format(Locale.ROOT, "%.1f s", result.seconds())),
                List.of("sent", String.format(Locale.ROOT, "%,d events", figures.sentEvents)),
                List.of(
                        "acked",
                        String.format(
                                Locale.ROOT,
                                "%,d events, %.1f MB/s of bodies",
                                figures.ackedEvents,
                                figures.ackedBodyBytes / result.seconds() / 1e6)),
                List.of("refused", String.format(Locale.ROOT, "%,d events", figures.refusedEvents)),
                List.of(
                        "unknown",
                        String.format(Locale.ROOT, "%,d events, for which no answer came", figures.unknownEvents)),
                List.of(
                        "not sent",
                        String.format(
                                Locale.ROOT,
                                "%,d events, which were due while all places waited for the target",
                                figures.unsentEvents)),
                List.of("reconnects", Long.toString(figures.reconnects))));
        if (figures.retries > 0) {
            counts.add(List.of("retries", String.format(Locale.ROOT, "%,d batches failed at a host", figures.retries)));
        }
        if (figures.failoverNanos.getTotalCount() > 0) {
            counts.add(List.of("failovers", ResultTable.failovers(figures)));
        }
        counts.add(List.of("processors", processors()));
        return counts;
    }

    private String processors() {
        OwnEffort.Share share = result.effort();
        return "sending thread " + share(share.sender()) + ", busiest event loop " + share(share.busiestLoop())
                + ", all of the machine's " + share(share.machine()) + ", the load tester's part of them "
                + share(share.process());
    }

    private static String share(double share) {
        return Double.isNaN(share) ? "unknown" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private void seconds(StringBuilder html) {
        if (history.points().isEmpty()) {
            return;
        }
        html.append("<details><summary>All points of the plots over time</summary>\n");
        List<List<String>> rows = new ArrayList<>();
        for (History.Point point : history.points()) {
            boolean none = point.batches() == 0;
            rows.add(List.of(
                    String.format(Locale.ROOT, "%.0f", point.toNanos() / 1e9),
                    String.format(Locale.ROOT, "%,.0f", point.ackedPerSecond()),
                    none ? "" : Units.time(point.p50Nanos()),
                    none ? "" : Units.time(point.p99Nanos()),
                    none ? "" : Units.time(point.maxNanos()),
                    Integer.toString(point.inFlight()),
                    Long.toString(point.reconnects()),
                    Long.toString(point.failedEvents())));
        }
        Html.table(
                List.of("until s", "events/s", "p50", "p99", "max", "in flight", "reconnects", "failed"), rows, html);
        html.append("</details>\n");
    }
}
