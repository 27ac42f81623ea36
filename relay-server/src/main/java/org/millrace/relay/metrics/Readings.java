package org.millrace.relay.metrics;

import com.codahale.metrics.Gauge;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads figures that anybody may have written, a plug-in too: one that fails must not take all others away. It is left out, and told
 * once until it can be read again. Thread-safe.
 */
final class Readings {
    private static final Logger log = LoggerFactory.getLogger(Readings.class);

    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    /** @param name as the log is to tell it */
    void read(String name, Gauge<?> gauge, Consumer<Object> reader) {
        attempt(name, () -> reader.accept(gauge.getValue()));
    }

    void attempt(String name, Runnable reading) {
        try {
            reading.run();
            failing.remove(name);
        } catch (RuntimeException | Error e) { // an Error too, at the entry to code of others
            if (failing.add(name)) {
                log.warn("metrics: {} cannot be read, and is left out", name, e);
            } else {
                log.debug("metrics: {} cannot be read", name, e);
            }
        }
    }
}
