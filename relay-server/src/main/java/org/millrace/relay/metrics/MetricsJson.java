package org.millrace.relay.metrics;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flume's JSON: an object {@code TYPE.name} for each JMX bean whose domain starts with {@code org.apache.flume}, ours or a plug-in's,
 * every value a string. Our own figures follow as objects {@code MILLRACE.kind.name}, so that nothing of Flume's changes. Thread-safe.
 */
final class MetricsJson {
    private static final Logger log = LoggerFactory.getLogger(MetricsJson.class);
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ObjectMapper mapper = new ObjectMapper();
    private final MBeanServer beans;
    private final MetricRegistry registry;
    private final Readings readings = new Readings();

    MetricsJson(MBeanServer beans, MetricRegistry registry) {
        this.beans = beans;
        this.registry = registry;
    }

    byte[] render() {
        Map<String, Map<String, String>> all = new TreeMap<>();
        addFlumeBeans(all);
        addOwn(all);
        try {
            return mapper.writeValueAsBytes(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings that cannot be JSON", e);
        }
    }

    private void addFlumeBeans(Map<String, Map<String, String>> all) {
        for (ObjectName name : beans.queryNames(pattern(), null)) {
            readings.attempt("bean " + name, () -> addFlumeBean(all, name));
        }
    }

    private void addFlumeBean(Map<String, Map<String, String>> all, ObjectName name) {
        try {
            MBeanAttributeInfo[] infos = beans.getMBeanInfo(name).getAttributes();
            String[] keys = new String[infos.length];
            for (int i = 0; i < infos.length; i++) {
                keys[i] = infos[i].getName();
            }
            addBean(all, name, beans.getAttributes(name, keys));
        } catch (JMException e) {
            log.debug("metrics: bean {} went away between the query and the look", name, e);
        }
    }

    private static void addBean(Map<String, Map<String, String>> all, ObjectName name, AttributeList attributes) {
        Map<String, String> values = new TreeMap<>();
        for (Attribute attribute : attributes.asList()) {
            values.put(attribute.getName(), String.valueOf(attribute.getValue()));
        }
        String text = name.getCanonicalName();
        String component = text.substring(text.indexOf('=') + 1);
        String type = values.get("Type");
        all.put(type == null ? component : type + "." + component, values);
    }

    private void addOwn(Map<String, Map<String, String>> all) {
        registry.getMetrics().forEach((name, metric) -> {
            int kindEnd = name.indexOf('.');
            int componentEnd = name.indexOf('.', kindEnd + 1);
            if (componentEnd > 0) {
                String component = "MILLRACE." + name.substring(0, componentEnd);
                Map<String, String> values = all.computeIfAbsent(component, c -> new TreeMap<>());
                readings.attempt(name, () -> addOwn(values, name.substring(componentEnd + 1), metric));
            }
        });
    }

    private static void addOwn(Map<String, String> values, String name, Metric metric) {
        if (metric instanceof Gauge<?> gauge) {
            values.put(name, String.valueOf(gauge.getValue()));
        } else if (metric instanceof Timer timer) {
            values.put(name + ".count", Long.toString(timer.getCount()));
            addSnapshot(values, name, "Millis", timer.getSnapshot(), NANOS_PER_MILLI);
        } else if (metric instanceof Histogram histogram) {
            values.put(name + ".count", Long.toString(histogram.getCount()));
            addSnapshot(values, name, "", histogram.getSnapshot(), 1);
        } else if (metric instanceof Counting counting) {
            values.put(name, Long.toString(counting.getCount()));
        }
    }

    private static void addSnapshot(
            Map<String, String> values, String name, String unit, Snapshot snapshot, double scale) {
        values.put(name + ".p50" + unit, number(snapshot.getMedian() / scale));
        values.put(name + ".p99" + unit, number(snapshot.get99thPercentile() / scale));
        values.put(name + ".max" + unit, number(snapshot.getMax() / scale));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static ObjectName pattern() {
        try {
            return new ObjectName("org.apache.flume*:*");
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }
}
