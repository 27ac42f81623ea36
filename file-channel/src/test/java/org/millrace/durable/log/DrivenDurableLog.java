package org.millrace.durable.log;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelMetrics;
import org.millrace.api.support.LockedException;
import org.millrace.durable.format.PositionUpdate;
import org.millrace.durable.log.SlotPool.Patience;
import org.millrace.durable.storage.Storage;
import org.millrace.testkit.FakeClock;

/** A {@link DurableLog} whose threads' work is done by the test, step by step. */
public final class DrivenDurableLog implements DrivenLog {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration GROW = Duration.ofSeconds(10);

    private final DurableLog log;

    private DrivenDurableLog(LogSettings settings, List<Storage> directories, List<String> readers, FakeClock clock)
            throws IOException, LockedException {
        LongSupplier nanoTime = () -> Duration.ofMillis(clock.millis()).toNanos();
        log = DurableLog.unstarted(
                settings,
                directories,
                readers,
                new ChannelMetrics(settings.name(), new MetricRegistry()),
                clock,
                new Patience(RETRY.toNanos(), GROW.toNanos(), nanoTime, changed -> keep()));
    }

    /** Opens the log of these directories. */
    public static DrivenLog open(LogSettings settings, List<Storage> directories, List<String> readers, FakeClock clock)
            throws IOException, LockedException {
        DrivenDurableLog driven = new DrivenDurableLog(settings, directories, readers, clock);
        driven.keep();
        driven.log.writer().begin();
        return driven;
    }

    /** What the keeper's thread would do, now. */
    private void keep() {
        log.keeper().work();
    }

    @Override
    public Log log() {
        return log;
    }

    /** The slots are looked after while there is nothing to write, and when the writer waits for one. */
    @Override
    public boolean work() {
        if (log.writer().turn()) {
            return true;
        }
        keep();
        return false;
    }

    @Override
    public CompletableFuture<@Nullable Void> commitDurably(PositionUpdate update) {
        return log.commitDurably(update);
    }

    @Override
    public void close() {
        log.writer().stop();
        log.writer().run();
        log.close();
    }
}
