package org.millrace.load;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The p99 of the rates that a search has tried, and the limit. */
final class SearchPlot {
    private final RateSearch.Outcome search;

    SearchPlot(RateSearch.Outcome search) {
        this.search = search;
    }

    void writeTo(StringBuilder html) {
        NavigableMap<Double, RateSearch.Step> byRate = new TreeMap<>(); // of two tries at a rate the second one decides
        search.steps().stream().filter(step -> p99(step) > 0).forEach(step -> byRate.put(step.eventsPerSecond(), step));
        List<RateSearch.Step> steps = List.copyOf(byRate.values());
        if (steps.isEmpty()) {
            return;
        }
        List<Double> rates =
                steps.stream().map(RateSearch.Step::eventsPerSecond).toList();
        List<Double> latencies = steps.stream().map(SearchPlot::p99).toList();
        double limit = search.limitNanos();
        double least = Math.min(
                limit, latencies.stream().mapToDouble(Double::doubleValue).min().orElse(limit));
        double most = Math.max(
                limit, latencies.stream().mapToDouble(Double::doubleValue).max().orElse(limit));
        new Plot(
                        "p99 by rate",
                        "latency of a batch over the events/s asked for, both logarithmic",
                        search.conclusion(),
                        Axis.logarithmic(rates.get(0), rates.get(rates.size() - 1), RunPlots::count),
                        Axis.logarithmic(least, most, RunPlots::duration),
                        List.of(
                                new Plot.Line("p99", "b", rates, latencies),
                                new Plot.Line(
                                        "limit",
                                        "c",
                                        rates,
                                        rates.stream().map(rate -> limit).toList())))
                .writeTo(html);
    }

    private static double p99(RateSearch.Step step) {
        return step.result().figures().latencyNanos.getValueAtPercentile(99);
    }
}
