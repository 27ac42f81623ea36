package org.millrace.relay.sink.group;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkGroupMetrics;

/**
 * One sink has all the turns: the first of those that do not fail. One that fails is left alone for a while, longer each time, and then
 * tried again before the one that has the turns; once it has delivered, it is as good as any. Flume's {@code failover}.
 */
final class FailoverProcessor extends SinkGroup {
    private final SinkGroupMetrics metrics;
    private final Penalty penalty;
    private final Counter switches;
    /** The preferred one first. */
    private final List<GroupedSink> byPriority;

    /** The one that has the turns; null: none. For other threads to see. */
    private volatile @Nullable GroupedSink active;

    /** @param sinks the preferred one first */
    FailoverProcessor(String name, List<GroupedSink> sinks, Penalty penalty, SinkGroupMetrics metrics) {
        super(name, sinks);
        this.metrics = metrics;
        this.penalty = penalty;
        this.byPriority = List.copyOf(sinks);
        this.active = byPriority.get(0);
        this.switches = metrics.counter("switches");
    }

    /** Shows its figures once it is to run. */
    FailoverProcessor showing() {
        metrics.gauge("active", this::activeName);
        metrics.gauge(
                "failing",
                () -> byPriority.stream().filter(GroupedSink::isFailing).count());
        return this;
    }

    String activeName() {
        GroupedSink current = active;
        return current == null ? "" : current.name();
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        tendSinks();
        Exception last = null;
        for (GroupedSink sink : dueForRetry()) {
            if (active != null && active.isBusy()) {
                settle(active); // its events are older than what the other one will take
            }
            try {
                Drain drain = sink.turn();
                if (drain == Drain.DELIVERED) {
                    recovered(sink);
                }
                return drain;
            } catch (DeliveryException | RuntimeException e) {
                rethrowIfTheChannels(e);
                failed(sink, e);
                last = e;
            }
        }
        return drainActive(last);
    }

    private Drain drainActive(@Nullable Exception before) throws DeliveryException, InterruptedException {
        Exception last = before;
        for (GroupedSink sink; (sink = active) != null; ) {
            try {
                return sink.turn();
            } catch (DeliveryException | RuntimeException e) {
                rethrowIfTheChannels(e);
                failed(sink, e);
                last = e;
            }
        }
        throw nobodyDelivers(last);
    }

    /** Those whose penalty is over, the one that has waited longest first. */
    private List<GroupedSink> dueForRetry() {
        List<GroupedSink> due = new ArrayList<>(0);
        for (GroupedSink sink : byPriority) {
            if (sink.isFailing() && sink.mayRetry()) {
                due.add(sink);
            }
        }
        due.sort(Comparator.comparingLong(GroupedSink::retryNanos));
        return due;
    }

    private void failed(GroupedSink sink, Exception failure) {
        Duration pause = penalty.of(sink.failuresInARow() + 1);
        boolean first = !sink.isFailing();
        sink.failed(pause);
        GroupedSink next = firstGood();
        if (sink == active) {
            switchTo(next);
            LOG.warn(
                    "sink group {}: {} takes over from sink {}, which is tried again in {} ms: {}",
                    name(),
                    next == null ? "nobody" : "sink " + next.name(),
                    sink.name(),
                    pause.toMillis(),
                    text(failure),
                    stack(failure));
        } else if (first) {
            LOG.warn(
                    "sink group {}: sink {}, which has no turn now, fails too, and is left alone for {} ms: {}",
                    name(),
                    sink.name(),
                    pause.toMillis(),
                    text(failure),
                    stack(failure));
        } else {
            LOG.debug(
                    "sink group {}: sink {} has failed {} times in a row, and is tried again in {} ms: {}",
                    name(),
                    sink.name(),
                    sink.failuresInARow(),
                    pause.toMillis(),
                    text(failure));
        }
    }

    private void recovered(GroupedSink sink) {
        sink.recovered();
        GroupedSink best = firstGood();
        if (best == active) {
            LOG.info("sink group {}: sink {} delivers again, and stands by for {}", name(), sink.name(), activeName());
            return;
        }
        String before = activeName();
        switchTo(best);
        LOG.info(
                "sink group {}: sink {} delivers again, and takes over from {}",
                name(),
                sink.name(),
                before.isEmpty() ? "nobody" : "sink " + before);
    }

    private void switchTo(@Nullable GroupedSink sink) {
        active = sink;
        switches.inc();
    }

    private @Nullable GroupedSink firstGood() {
        for (GroupedSink sink : byPriority) {
            if (!sink.isFailing()) {
                return sink;
            }
        }
        return null;
    }

    @Override
    void failedAside(GroupedSink sink, Exception failure) {
        failed(sink, failure);
    }
}
