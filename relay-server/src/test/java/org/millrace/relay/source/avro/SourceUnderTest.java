package org.millrace.relay.source.avro;

import com.codahale.metrics.MetricRegistry;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.millrace.api.Inlet;
import org.millrace.api.Settings;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.listener.Transport;
import org.millrace.testkit.RecordingInlet;

/** A running source on a port of the system's choice, in front of a fake inlet. */
final class SourceUnderTest implements AutoCloseable {
    final RecordingInlet inlet = new RecordingInlet();
    final MetricRegistry registry = new MetricRegistry();
    final SourceMetrics metrics = new SourceMetrics("r1", registry);
    private final AvroSource source;

    SourceUnderTest(String... keysAndValues) throws StartException {
        this(Transport.best(), keysAndValues);
    }

    SourceUnderTest(Transport transport, String... keysAndValues) throws StartException {
        source = source(inlet, metrics, transport, keysAndValues);
        source.start();
    }

    static AvroSource source(Inlet inlet, SourceMetrics metrics, Transport transport, String... keysAndValues) {
        Map<String, String> values = new HashMap<>(Map.of("bind", "127.0.0.1", "port", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        Settings settings = new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                throw new AssertionError(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {}
        });
        SourceContext context = new SourceContext("a1", "r1", inlet, metrics, InstantSource.system());
        return new AvroSource(context, AvroSourceSettings.read(settings), transport);
    }

    InetSocketAddress address() {
        return source.boundAddress();
    }

    RawClient client() throws Exception {
        return new RawClient(address());
    }

    /** A figure of our own. */
    long count(String name) {
        return registry.counter("source.r1." + name).getCount();
    }

    @Override
    public void close() {
        source.close();
    }
}
