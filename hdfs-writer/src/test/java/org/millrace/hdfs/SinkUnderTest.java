package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.millrace.api.DeliveryException;
import org.millrace.api.Destinations;
import org.millrace.api.Settings;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.SinkMetrics;
import org.millrace.api.StartException;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.ReleaseCheck;

/** A sink made from settings as in a file, on a channel and a clock of the test's. Closing it checks that no batch was kept. */
final class SinkUnderTest implements AutoCloseable {
    final FakeClock clock;
    final FakeChannel channel = new FakeChannel("c1");
    final MetricRegistry registry = new MetricRegistry();
    final SinkMetrics metrics = new SinkMetrics("k1", registry);
    final List<String> problems = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    final Sink sink;
    private final ReleaseCheck releases = new ReleaseCheck();

    private SinkUnderTest(FakeClock clock, Callers callers, Map<String, String> values, boolean othersTakeOver) {
        this.clock = clock;
        Settings settings = new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                notes.add(key + ": " + message);
            }
        });
        SinkContext context = new SinkContext("a1", "k1", channel, metrics, clock, Destinations.NONE, othersTakeOver);
        sink = new HdfsSinkFactory(callers).create(context, settings);
        List<String> unknown = new ArrayList<>(values.keySet());
        unknown.removeAll(settings.knownKeys());
        unknown.forEach(key -> problems.add(key + ": unknown"));
    }

    /** Settings as {@code key, value, key, value}. */
    static SinkUnderTest configured(String... keysAndValues) {
        return configured(false, keysAndValues);
    }

    /** The same for a sink of a group, in which others take over when it fails. */
    static SinkUnderTest configuredInAGroup(String... keysAndValues) {
        return configured(true, keysAndValues);
    }

    private static SinkUnderTest configured(boolean othersTakeOver, String... keysAndValues) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return new SinkUnderTest(new FakeClock(), Callers.USUAL, values, othersTakeOver);
    }

    /** The same, started, without limits on file sizes and times except those given. */
    static SinkUnderTest started(String path, String... keysAndValues) throws StartException {
        return started(new FakeClock(), path, keysAndValues);
    }

    /** The same for a sink of a group, in which others take over when it fails. */
    static SinkUnderTest startedInAGroup(String path, String... keysAndValues) throws StartException {
        return started(new FakeClock(), Callers.USUAL, true, path, keysAndValues);
    }

    static SinkUnderTest started(FakeClock clock, String path, String... keysAndValues) throws StartException {
        return started(clock, Callers.USUAL, false, path, keysAndValues);
    }

    /** The same with other threads, or less patience. */
    static SinkUnderTest started(Callers callers, String path, String... keysAndValues) throws StartException {
        return started(new FakeClock(), callers, false, path, keysAndValues);
    }

    /** The same for a sink of a group, in which others take over when it fails. */
    static SinkUnderTest startedInAGroup(Callers callers, String path, String... keysAndValues) throws StartException {
        return started(new FakeClock(), callers, true, path, keysAndValues);
    }

    private static SinkUnderTest started(
            FakeClock clock, Callers callers, boolean othersTakeOver, String path, String... keysAndValues)
            throws StartException {
        Map<String, String> values = new LinkedHashMap<>(Map.of(
                "hdfs.path", path,
                "hdfs.fileType", "DataStream",
                "hdfs.rollInterval", "0",
                "hdfs.rollSize", "0",
                "hdfs.rollCount", "0",
                "hdfs.batchSize", "1000",
                "hdfs.flushEvents", "0"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        SinkUnderTest sut = new SinkUnderTest(clock, callers, values, othersTakeOver);
        assertThat(sut.problems).isEmpty();
        sut.sink.start();
        return sut;
    }

    SinkUnderTest put(EventBatch batch) {
        channel.submit(releases.watch(batch)).join();
        return this;
    }

    /** An event in a batch of its own, whose header {@code b} names its bucket. */
    SinkUnderTest putTo(String bucket, String body) {
        return put(Batches.of(Map.of("b", bucket), body));
    }

    /** Turns until the channel is empty. */
    SinkUnderTest drainAll() throws DeliveryException, InterruptedException {
        while (sink.drain() == Sink.Drain.DELIVERED) {
            assertThat(channel.openTransactions() == 0)
                    .as("no transaction is open but those of events that are held back")
                    .isEqualTo(gauge("heldEvents").equals(0));
        }
        return this;
    }

    long counter(String name) {
        Counter counter = registry.getCounters().get("sink.k1." + name);
        assertThat(counter).as("a counter of that name").isNotNull();
        return counter.getCount();
    }

    Object gauge(String name) {
        return registry.getGauges().get("sink.k1." + name).getValue();
    }

    @Override
    public void close() throws IOException {
        sink.close();
        channel.close();
        releases.assertAllReleased();
    }
}
