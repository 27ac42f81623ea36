package org.millrace.relay.channel.spill;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.DaemonTimer;
import org.millrace.relay.channel.heap.ByteLimits;
import org.millrace.testkit.channel.ChannelContract;

/** A channel without memory. */
class DiskOnlyContractTest extends ChannelContract {
    @TempDir
    private Path directory;

    @Override
    protected Channel create(int capacity, int transactionCapacity, Duration keepAlive) {
        SpillSettings settings = new SpillSettings(
                0, new ByteLimits(1 << 20, 1 << 20), capacity, transactionCapacity, Duration.ZERO, keepAlive, 5);
        ChannelMetrics metrics = new ChannelMetrics("c1", new MetricRegistry());
        return new SpillableChannel(
                new ChannelContext("a1", "c1", metrics, InstantSource.system()),
                settings,
                Disks.onDisk(directory, capacity),
                new DaemonTimer("channel-c1"));
    }

    @Override
    public boolean isMeantToBeDurable() {
        return false;
    }
}
