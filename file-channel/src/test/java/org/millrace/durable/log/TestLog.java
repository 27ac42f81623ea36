package org.millrace.durable.log;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.LockedException;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.FakeClock;

/** What a log needs to run in a test: small segments, short waits, a clock that stands still. */
final class TestLog {
    static final String READER = "default";
    static final int SEGMENT_BYTES = 64 << 10;

    final MetricRegistry registry = new MetricRegistry();
    final FakeClock clock = new FakeClock();
    Durability durability = Durability.ALWAYS;
    long segmentBytes = SEGMENT_BYTES;
    int leastGroupBytes = 4 << 10;
    int mostGroupBytes = 16 << 10;
    long reserveBytes = 0;
    Duration forceInterval = Duration.ofDays(1);
    Duration retention = Duration.ZERO;
    Duration positionsInterval = Duration.ofMillis(1);
    SlotPool.Patience patience =
            new SlotPool.Patience(TimeUnit.MILLISECONDS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(1));

    @Nullable
    SegmentCiphers cipher;

    List<String> readers = List.of(READER);

    LogSettings settings() {
        return new LogSettings(
                "c1",
                durability,
                forceInterval,
                segmentBytes,
                leastGroupBytes,
                mostGroupBytes,
                reserveBytes,
                retention,
                positionsInterval,
                cipher);
    }

    DurableLog open(Storage... directories) throws IOException, LockedException {
        return DurableLog.open(
                settings(), List.of(directories), readers, new ChannelMetrics("c1", registry), clock, patience);
    }

    long count(String counter) {
        return registry.counter("channel.c1." + counter).getCount();
    }
}
