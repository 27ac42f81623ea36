package org.millrace.durable;

import com.codahale.metrics.MetricRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.millrace.api.Channel;
import org.millrace.api.ChannelContext;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.DaemonTimer;
import org.millrace.api.support.EventCapacity;
import org.millrace.testkit.RecordedProblems;

/** Makes channels for contract tests. */
final class DurableChannels {
    private DurableChannels() {}

    /** A channel on a log that others find in use until it is closed. */
    static Channel onFakeLog(FakeLog log, int capacity, int transactionCapacity, Duration keepAlive, long cacheBytes) {
        ChannelLimits limits = new ChannelLimits(
                new EventCapacity(capacity, transactionCapacity, keepAlive),
                Long.MAX_VALUE,
                1 << 20,
                0,
                1 << 20,
                1 << 20,
                cacheBytes);
        ChannelMetrics metrics = new ChannelMetrics("c1", new MetricRegistry());
        return new DurableChannel(
                new ChannelContext("a1", "c1", metrics, InstantSource.system()),
                limits,
                List.of(),
                false,
                () -> log.openAlone(List.of(DurableChannel.ONLY_READER)),
                new DaemonTimer("channel-c1"));
    }

    /**
     * The real one, with small segments.
     *
     * @param keepAlive may be shorter than the second that the key can say
     */
    static DurableChannel onDisk(
            Path directory, InstantSource clock, Duration keepAlive, Map<String, String> otherSettings) {
        Map<String, String> values = new HashMap<>();
        values.put("dataDirs", directory.resolve("one") + "," + directory.resolve("two"));
        values.put("segmentSize", "1MiB");
        values.put("minimumRequiredSpace", "0");
        values.putAll(otherSettings);
        RecordedProblems problems = new RecordedProblems();
        FileChannelSettings settings = FileChannelSettings.read(
                problems.settings(values), directory, Runtime.getRuntime().maxMemory(), CacheShare.unlimited());
        if (!problems.problems().isEmpty()) {
            throw new IllegalArgumentException(problems.problems().toString());
        }
        ChannelLimits read = settings.limits();
        ChannelLimits limits = new ChannelLimits(
                new EventCapacity(read.capacity(), read.transactionCapacity(), keepAlive),
                read.byteCapacity(),
                read.segmentBytes(),
                read.reserveBytes(),
                read.inFlightBytes(),
                read.waitingBytes(),
                read.cacheBytes());
        ChannelContext context = new ChannelContext("a1", "c1", new ChannelMetrics("c1", new MetricRegistry()), clock);
        return new DurableChannel(
                context,
                limits,
                settings.readers(),
                settings.waitForPositions(),
                new FileLog(context, settings),
                new DaemonTimer("channel-c1"));
    }
}
