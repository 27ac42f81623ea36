package org.millrace.api;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;

/** The figures of a sink group, all of them our own: {@code sinkgroup.<group>.<name>} in the registry. Thread-safe. */
public final class SinkGroupMetrics {
    private final String group;
    private final MetricRegistry registry;

    public SinkGroupMetrics(String group, MetricRegistry registry) {
        this.group = group;
        this.registry = registry;
    }

    /** A counter such as {@code switches}. */
    public Counter counter(String name) {
        return registry.counter(qualified(name));
    }

    /** A value such as {@code active}; read by any thread. */
    public void gauge(String name, Gauge<?> gauge) {
        registry.gauge(qualified(name), () -> gauge);
    }

    /** Holds the figures of the group, and perhaps of others. */
    public MetricRegistry registry() {
        return registry;
    }

    private String qualified(String name) {
        return MetricRegistry.name("sinkgroup", group, name);
    }
}
