package org.millrace.relay.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.MetricRegistryListener;
import com.codahale.metrics.Timer;

/** Shows in one registry what another has, also what comes later. Any thread. */
final class Mirror extends MetricRegistryListener.Base {
    private final MetricRegistry to;

    Mirror(MetricRegistry to) {
        this.to = to;
    }

    @Override
    public void onGaugeAdded(String name, Gauge<?> gauge) {
        show(name, gauge);
    }

    @Override
    public void onCounterAdded(String name, Counter counter) {
        show(name, counter);
    }

    @Override
    public void onHistogramAdded(String name, Histogram histogram) {
        show(name, histogram);
    }

    @Override
    public void onMeterAdded(String name, Meter meter) {
        show(name, meter);
    }

    @Override
    public void onTimerAdded(String name, Timer timer) {
        show(name, timer);
    }

    private void show(String name, Metric metric) {
        to.remove(name); // one that was stopped may have had the name
        to.register(name, metric);
    }
}
