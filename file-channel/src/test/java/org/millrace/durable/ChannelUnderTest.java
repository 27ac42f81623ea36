package org.millrace.durable;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.ChannelReader;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.support.EventCapacity;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeClock;
import org.millrace.testkit.FakeTimer;
import org.millrace.testkit.ReleaseCheck;

/** A channel on a fake log, which can be started again, and what a test asks of it. */
final class ChannelUnderTest implements AutoCloseable {
    static final Duration KEEP_ALIVE = Duration.ofSeconds(3);
    static final long MANY = 1 << 20;

    final FakeClock clock = new FakeClock();
    final FakeTimer timer = new FakeTimer();
    final FakeLog log = new FakeLog(clock);
    final ReleaseCheck releases = new ReleaseCheck();
    private ChannelLimits limits = limits(100, MANY, MANY, MANY);
    private List<String> readers = List.of();
    private boolean waitForPositions;
    private ChannelMetrics metrics;
    private MetricRegistry registry;
    private DurableChannel channel;

    ChannelUnderTest() throws StartException {
        registry = new MetricRegistry();
        metrics = new ChannelMetrics("c1", registry);
        channel = create();
        channel.start();
    }

    static ChannelLimits limits(int capacity, long byteCapacity, long inFlightBytes, long cacheBytes) {
        return new ChannelLimits(
                new EventCapacity(capacity, capacity, KEEP_ALIVE),
                byteCapacity,
                MANY,
                500_000_000,
                inFlightBytes,
                MANY,
                cacheBytes);
    }

    void limits(ChannelLimits changed) throws StartException {
        limits = changed;
        restart();
    }

    void readers(String... names) throws StartException {
        readers = List.of(names);
        restart();
    }

    void waitForPositions() throws StartException {
        waitForPositions = true;
        restart();
    }

    /** The channel is closed, and another one opens its log. */
    void restart() throws StartException {
        channel.close();
        registry = new MetricRegistry();
        metrics = new ChannelMetrics("c1", registry);
        channel = create();
        channel.start();
    }

    private DurableChannel create() {
        List<String> names = readers.isEmpty() ? List.of(DurableChannel.ONLY_READER) : readers;
        return new DurableChannel(
                new ChannelContext("a1", "c1", metrics, clock),
                limits,
                readers,
                waitForPositions,
                () -> log.open(names),
                timer);
    }

    DurableChannel channel() {
        return channel;
    }

    EventBatch numbered(int first, int events) {
        return releases.watch(Batches.numbered(first, events));
    }

    List<Integer> drain() throws InterruptedException {
        return drain(channel, 1000);
    }

    /** Takes all that is there, at most so many events at a time, and commits each. */
    List<Integer> drain(ChannelReader reader, int maxEvents) throws InterruptedException {
        List<Integer> all = new ArrayList<>();
        List<Integer> some = take(reader, maxEvents);
        while (!some.isEmpty()) {
            all.addAll(some);
            some = take(reader, maxEvents);
        }
        return all;
    }

    /** Takes once, and commits. */
    List<Integer> take(ChannelReader reader, int maxEvents) throws InterruptedException {
        try (Transaction transaction = reader.begin()) {
            EventBatch batch = transaction.take(maxEvents);
            List<Integer> numbers = batch == null ? List.of() : Batches.numbers(batch);
            transaction.commit();
            return numbers;
        }
    }

    Object gauge(String name) {
        return Objects.requireNonNull(registry.getGauges().get("channel.c1." + name), name)
                .getValue();
    }

    long counter(String name) {
        return registry.counter("channel.c1." + name).getCount();
    }

    Object attribute(String name) {
        return Objects.requireNonNull(metrics.flumeAttributes().get(name), name).getValue();
    }

    @Override
    public void close() {
        channel.close();
        releases.assertAllReleased();
    }
}
