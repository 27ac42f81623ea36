package org.millrace.relay.channel.spill;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.durable.FileChannelFactory;
import org.millrace.testkit.RecordedProblems;

/** Overflows for tests. */
final class Disks {
    private Disks() {}

    /** A file channel, not started. */
    static Overflow onDisk(Path directory, int capacity) {
        MetricRegistry registry = new MetricRegistry();
        ChannelMetrics metrics = new ChannelMetrics("c1", registry);
        Channel channel = new FileChannelFactory()
                .create(
                        new ChannelContext("a1", "c1 (overflow)", metrics, InstantSource.system()),
                        new RecordedProblems()
                                .settings(Map.of(
                                        "dataDirs", directory.toString(),
                                        "capacity", Integer.toString(capacity),
                                        "transactionCapacity", Integer.toString(Math.min(10_000, capacity)),
                                        "segmentSize", "1MiB",
                                        "minimumRequiredSpace", "0")));
        return new Overflow(channel, metrics, registry);
    }
}
