package org.millrace.bench.micro;

import com.codahale.metrics.MetricRegistry;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Settings;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;
import org.millrace.relay.channel.memory.MemoryChannelFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** A batch through the memory channel: put by an event loop's way in, taken and committed by a sink's; alone, and with two at it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MemoryChannelBenchmark {
    /** Events in a batch. The time is that of a batch: a channel that counts in batches takes as long for one as for the other. */
    @Param({"1", "100"})
    private int events;

    private Channel channel = channel();
    private EventBatch batch = batch(1);

    @Setup
    public void open() throws StartException {
        batch.release();
        batch = batch(events);
        channel = channel();
        channel.start();
    }

    @TearDown
    public void close() {
        channel.close();
    }

    @Benchmark
    public int alone() throws InterruptedException {
        return putAndTake();
    }

    @Benchmark
    @Threads(2)
    public int twoThreads() throws InterruptedException {
        return putAndTake();
    }

    private int putAndTake() throws InterruptedException {
        channel.submit(batch.retain());
        try (Transaction tx = channel.begin()) {
            EventBatch taken = tx.take(events);
            tx.commit();
            return taken == null ? 0 : taken.events();
        }
    }

    private static EventBatch batch(int events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < events; i++) {
                builder.add(Map.of("host", "web-042.dc1"), new byte[512]);
            }
            return builder.build();
        }
    }

    private static Channel channel() {
        ChannelMetrics metrics = new ChannelMetrics("c", new MetricRegistry());
        return new MemoryChannelFactory()
                .create(
                        new ChannelContext("a", "c", metrics, InstantSource.system()),
                        new Settings(Map.of("capacity", "100000", "transactionCapacity", "1000"), new Strict()));
    }

    private static final class Strict implements Settings.Problems {
        @Override
        public void problem(String key, String message) {
            throw new IllegalArgumentException(key + ": " + message);
        }

        @Override
        public void note(String key, String message) {
            problem(key, message);
        }
    }
}
