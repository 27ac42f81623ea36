package org.millrace.relay.channel.spill;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.testkit.Batches;
import org.millrace.testkit.FakeChannel;
import org.millrace.testkit.FakeTimer;
import org.millrace.testkit.RecordedProblems;
import org.millrace.testkit.ReleaseCheck;

/** A channel over a disk and a timer of the test's. */
abstract class SpillFixture {
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    @TempDir
    Path directory;

    final ReleaseCheck releases = new ReleaseCheck();
    final FakeChannel disk = new FakeChannel("disk");
    final FakeTimer timer = new FakeTimer();
    final MetricRegistry registry = new MetricRegistry();
    final ChannelMetrics metrics = new ChannelMetrics("c1", registry);
    final ChannelContext context = new ChannelContext("a1", "c1", metrics, InstantSource.system());
    final RecordedProblems recorded = new RecordedProblems();

    @AfterEach
    void everythingIsGivenBack() {
        disk.close();
        releases.assertAllReleased();
    }

    Channel started(int memory, int overflow, Duration timeout) throws Exception {
        Channel channel = new SpillableChannel(context, settings(memory, overflow, timeout), overflow(disk), timer);
        channel.start();
        return channel;
    }

    static SpillSettings settings(int memory, int overflow, Duration timeout) {
        return new SpillSettings(
                memory, new ByteLimits(1 << 20, 1 << 20), overflow, 1000, timeout, timeout.plus(TIMEOUT), 5);
    }

    Overflow overflow(Channel channel) {
        return new Overflow(channel, new ChannelMetrics("c1", new MetricRegistry()), new MetricRegistry());
    }

    Object figure(String name) {
        return registry.getGauges().get("channel.c1." + name).getValue();
    }

    static void submit(Channel channel, int first, int events) throws Exception {
        channel.submit(Batches.numbered(first, events)).get();
    }

    static void put(Channel channel, EventBatch... batches) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            for (EventBatch batch : batches) {
                transaction.put(batch);
            }
            transaction.commit();
        }
    }

    static List<Integer> take(Channel channel, int most) throws InterruptedException {
        try (Transaction transaction = channel.begin()) {
            List<Integer> taken = takeFrom(transaction, most);
            transaction.commit();
            return taken;
        }
    }

    static List<Integer> takeFrom(Transaction transaction, int most) {
        List<Integer> taken = new ArrayList<>();
        for (EventBatch batch; taken.size() < most && (batch = transaction.take(most - taken.size())) != null; ) {
            taken.addAll(Batches.numbers(batch));
        }
        return taken;
    }

    static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }
}
