package org.millrace.durable;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.DaemonTimer;
import org.millrace.api.support.EventCapacity;
import org.millrace.testkit.FakeClock;

/** Makes channels for contract tests. */
final class DurableChannels {
    private DurableChannels() {}

    static Channel onFakeLog(int capacity, int transactionCapacity, Duration keepAlive, long cacheBytes) {
        ChannelLimits limits = new ChannelLimits(
                new EventCapacity(capacity, transactionCapacity, keepAlive),
                Long.MAX_VALUE,
                1 << 20,
                0,
                1 << 20,
                1 << 20,
                cacheBytes);
        ChannelMetrics metrics = new ChannelMetrics("c1", new MetricRegistry());
        FakeLog log = new FakeLog(new FakeClock());
        return new DurableChannel(
                new ChannelContext("a1", "c1", metrics, InstantSource.system()),
                limits,
                List.of(),
                false,
                () -> log.open(List.of(DurableChannel.ONLY_READER)),
                new DaemonTimer("channel-c1"));
    }
}
