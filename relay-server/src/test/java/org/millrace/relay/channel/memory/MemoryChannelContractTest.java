package org.millrace.relay.channel.memory;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.DaemonTimer;
import org.millrace.api.support.EventCapacity;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.testkit.channel.ChannelContract;

class MemoryChannelContractTest extends ChannelContract {
    @Override
    protected Channel create(int capacity, int transactionCapacity, Duration keepAlive) {
        MemoryLimits limits = new MemoryLimits(
                new EventCapacity(capacity, transactionCapacity, keepAlive), new ByteLimits(1 << 20, 1 << 20));
        ChannelMetrics metrics = new ChannelMetrics("c1", new MetricRegistry());
        return new MemoryChannel(
                new ChannelContext("a1", "c1", metrics, InstantSource.system()), limits, new DaemonTimer("channel-c1"));
    }

    @Override
    public boolean isMeantToBeDurable() {
        return false;
    }
}
