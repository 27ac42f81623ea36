package org.millrace.relay.channel.spill;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.DaemonTimer;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.testkit.channel.ChannelContract;

/** A channel that never spills. */
class MemoryOnlyContractTest extends ChannelContract {
    @Override
    protected Channel create(int capacity, int transactionCapacity, Duration keepAlive) {
        SpillSettings settings = new SpillSettings(
                capacity, new ByteLimits(1 << 20, 1 << 20), 0, transactionCapacity, keepAlive, keepAlive, 5);
        ChannelMetrics metrics = new ChannelMetrics("c1", new MetricRegistry());
        return new SpillableChannel(
                new ChannelContext("a1", "c1", metrics, InstantSource.system()),
                settings,
                null,
                new DaemonTimer("channel-c1"));
    }

    @Override
    public boolean isMeantToBeDurable() {
        return false;
    }
}
