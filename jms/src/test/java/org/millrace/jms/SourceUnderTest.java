package org.millrace.jms;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.millrace.api.Source;
import org.millrace.api.SourceContext;
import org.millrace.api.SourceMetrics;
import org.millrace.api.StartException;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.RecordingInlet;

/** A source in front of a fake inlet, with the settings for a broker of the tests, and short pauses. */
final class SourceUnderTest implements AutoCloseable {
    final RecordingInlet inlet;
    final MetricRegistry registry = new MetricRegistry();
    final SourceMetrics metrics = new SourceMetrics("j1", registry);
    private final Source source;

    SourceUnderTest(RecordingInlet inlet, Path directory, String url, String destination, String... keysAndValues)
            throws StartException {
        this.inlet = inlet;
        Map<String, String> values = new HashMap<>(Map.of(
                "initialContextFactory",
                "org.apache.activemq.jndi.ActiveMQInitialContextFactory",
                "providerURL",
                url,
                "destinationName",
                destination,
                "destinationType",
                "QUEUE",
                "userName",
                TestBroker.USER,
                "passwordFile",
                passwordFile(directory).toString(),
                "pollTimeout",
                "100",
                "backoffSleepIncrement",
                "1",
                "maxBackoffSleep",
                "10"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        source = new JmsSourceFactory()
                .create(
                        new SourceContext("a1", "j1", inlet, metrics, InstantSource.system()),
                        problems.settings(values));
        if (!problems.problems().isEmpty()) {
            throw new AssertionError(problems.problems().toString());
        }
        source.start();
    }

    private static Path passwordFile(Path directory) {
        try {
            return Files.writeString(directory.resolve("password"), TestBroker.PASSWORD + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A figure of our own. */
    long count(String name) {
        return registry.counter("source.j1." + name).getCount();
    }

    boolean isConnected() {
        return registry.getGauges().get("source.j1.connected").getValue().equals(1);
    }

    @Override
    public void close() {
        source.close();
    }
}
