package org.millrace.relay.sink.group;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.millrace.api.ComponentFactory;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkGroupContext;
import org.millrace.api.SinkGroupMetrics;
import org.millrace.api.SinkProcessor;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.RecordedProblems;

/** Sinks k1, k2, ... on one channel, and a group made of them from settings as in a file. Chance always takes nothing off. */
final class GroupUnderTest {
    final FakeClock clock = new FakeClock();
    final FakeChannel channel = new FakeChannel("c1");
    final MetricRegistry registry = new MetricRegistry();
    final RecordedProblems problems = new RecordedProblems();
    final List<ScriptedSink> sinks;

    private int events;

    GroupUnderTest(int sinks) {
        this.sinks = Stream.iterate(1, i -> i + 1)
                .limit(sinks)
                .map(i -> new ScriptedSink("k" + i, channel, registry))
                .toList();
    }

    ScriptedSink sink(int number) {
        return sinks.get(number - 1);
    }

    /** Keys and values in turn. */
    List<SinkProcessor> failover(String... settings) {
        return make(new FailoverProcessorFactory(this::nanoTime, () -> 0), settings);
    }

    List<SinkProcessor> loadBalance(String... settings) {
        return make(new LoadBalanceProcessorFactory(this::nanoTime, () -> 0), settings);
    }

    private List<SinkProcessor> make(ComponentFactory.OfSinkProcessor factory, String... settings) {
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        return factory.create(
                new SinkGroupContext("a", "g", new SinkGroupMetrics("g", registry)),
                sinks.stream().map(ScriptedSink::member).toList(),
                problems.settings(values));
    }

    private long nanoTime() {
        return Duration.ofMillis(clock.millis()).toNanos();
    }

    /** One event, a batch of its own; its body is its number. */
    void put() {
        channel.submit(Batches.of(Integer.toString(++events)));
    }

    void put(int batches) {
        for (int i = 0; i < batches; i++) {
            put();
        }
    }

    void drainUntilIdle(SinkProcessor group) throws DeliveryException, InterruptedException {
        while (group.drain() == Sink.Drain.DELIVERED) {
            // another turn
        }
    }

    Object gauge(String name) {
        return registry.getGauges().get(name).getValue();
    }

    long counter(String name) {
        return registry.counter(name).getCount();
    }
}
