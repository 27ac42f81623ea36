package org.millrace.api;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of one component. Two kinds: Flume's, under Flume's attribute names, which appear in Flume's JSON and JMX beans; and
 * ours, which appear beside them under {@code <kind>.<component>.<name>} in the registry. Thread-safe.
 */
public class ComponentMetrics {
    /** The kinds of component that Flume keeps figures of. */
    public enum Kind {
        SOURCE,
        CHANNEL,
        SINK
    }

    private final Kind kind;
    private final String component;
    private final MetricRegistry registry;
    /** Epoch milliseconds; 0: not yet. */
    private volatile long startMillis;

    private volatile long stopMillis;
    private final Map<String, Gauge<?>> flume = Collections.synchronizedMap(new LinkedHashMap<>());

    protected ComponentMetrics(Kind kind, String component, MetricRegistry registry) {
        this.kind = kind;
        this.component = component;
        this.registry = registry;
        flume.put("Type", kind::name);
        flume.put("StartTime", () -> startMillis);
        flume.put("StopTime", () -> stopMillis);
    }

    /** The component has started. */
    public final void started(Instant now) {
        startMillis = now.toEpochMilli();
        stopMillis = 0;
    }

    /** The component has stopped. */
    public final void stopped(Instant now) {
        stopMillis = now.toEpochMilli();
    }

    public final Kind kind() {
        return kind;
    }

    public final String component() {
        return component;
    }

    /** Holds our own figures of the component, and perhaps of others. */
    public final MetricRegistry registry() {
        return registry;
    }

    /** Flume's attributes by name, in Flume's spelling: the values are longs, doubles or strings. A snapshot of the names; the gauges are live. */
    public final Map<String, Gauge<?>> flumeAttributes() {
        synchronized (flume) {
            return new LinkedHashMap<>(flume);
        }
    }

    /** A counter under Flume's name for it. */
    public final Counter flumeCounter(String attribute) {
        Counter counter = new Counter();
        flume.put(attribute, counter::getCount);
        return counter;
    }

    /** A value under Flume's name for it; read by any thread. */
    public final void flumeGauge(String attribute, Gauge<?> gauge) {
        flume.put(attribute, gauge);
    }

    /** A counter of our own, such as {@code framesRefused}. */
    public final Counter counter(String name) {
        return registry.counter(qualified(name));
    }

    /** A value of our own, such as {@code oldestEventMillis}; read by any thread. */
    public final void gauge(String name, Gauge<?> gauge) {
        registry.gauge(qualified(name), () -> gauge);
    }

    /** Durations of our own, such as {@code request}. */
    public final Timer timer(String name) {
        return registry.timer(qualified(name));
    }

    /** A distribution of our own, such as {@code batchEvents}. */
    public final Histogram histogram(String name) {
        return registry.histogram(qualified(name));
    }

    private String qualified(String name) {
        return MetricRegistry.name(kind.name().toLowerCase(Locale.ROOT), component, name);
    }
}
