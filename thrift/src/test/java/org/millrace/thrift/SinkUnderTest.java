package org.millrace.thrift;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink.Drain;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.RecordedProblems;

/** A running sink behind a fake channel. One thread. */
final class SinkUnderTest implements AutoCloseable {
    final FakeChannel channel = new FakeChannel("c1");
    final SinkMetrics metrics = new SinkMetrics("k1", new MetricRegistry());
    private final ThriftSink sink;

    SinkUnderTest(int port, String... keysAndValues) throws StartException {
        Map<String, String> values = new HashMap<>(Map.of("hostname", "127.0.0.1", "port", Integer.toString(port)));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        RecordedProblems problems = new RecordedProblems();
        ThriftSinkSettings settings = ThriftSinkSettings.read(problems.settings(values));
        assertThat(problems.problems()).isEmpty();
        SinkContext context = new SinkContext("a1", "k1", channel, metrics, InstantSource.system());
        sink = new ThriftSink(context, settings, DeadLetters.read(context, new RecordedProblems().settings(Map.of())));
        sink.start();
    }

    /** Delivers events with these bodies, and hears the answers. */
    void deliver(String... bodies) throws DeliveryException, InterruptedException {
        channel.submit(Batches.of(bodies));
        drain();
    }

    /** Until nothing is left. */
    void drain() throws DeliveryException, InterruptedException {
        Drain last;
        do {
            last = sink.drain();
        } while (last != Drain.IDLE);
    }

    @Override
    public void close() {
        sink.close();
        channel.close();
    }
}
