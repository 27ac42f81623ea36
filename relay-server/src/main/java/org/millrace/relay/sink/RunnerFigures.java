package org.millrace.relay.sink;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkMetrics;

/**
 * What a runner counts and shows of its sink, or of its group of sinks.
 *
 * @param title as messages name it: {@code sink k1}, {@code sink group g1}
 * @param delivered how many events have been delivered so far
 * @param failures counts turns that failed
 * @param gauges takes a value to show, by name
 */
record RunnerFigures(String title, LongSupplier delivered, Counter failures, BiConsumer<String, Gauge<?>> gauges) {
    static final String RUNNING = "running";

    static RunnerFigures ofSink(String name, SinkMetrics metrics) {
        return new RunnerFigures(
                "sink " + name, metrics.drainSuccesses::getCount, metrics.counter("deliveryFailures"), metrics::gauge);
    }

    /** A group fails when none of its sinks delivers; while its thread runs, so do its sinks. */
    static RunnerFigures ofGroup(String name, SinkGroupMetrics metrics, List<SinkMetrics> sinks) {
        return new RunnerFigures(
                "sink group " + name,
                () -> sinks.stream()
                        .mapToLong(sink -> sink.drainSuccesses.getCount())
                        .sum(),
                metrics.counter("deliveryFailures"),
                (gauge, value) -> {
                    metrics.gauge(gauge, value);
                    if (gauge.equals(RUNNING)) {
                        sinks.forEach(sink -> sink.gauge(gauge, value));
                    }
                });
    }
}
