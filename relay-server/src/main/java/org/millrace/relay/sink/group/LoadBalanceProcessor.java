package org.millrace.relay.sink.group;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;

/**
 * The sinks take turns; where one fails, the next in order has its turn. Flume's {@code load_balance}. With sinks that have several
 * requests on their way this one thread keeps all peers busy.
 */
final class LoadBalanceProcessor extends SinkGroup {
    private final TurnOrder order;
    /** Null: a sink that has failed is not left alone. */
    private final @Nullable Penalty penalty;

    private final LongSupplier nanoTime;
    private final Map<GroupedSink, PastFailures> past = new HashMap<>();

    /**
     * @param penalty for how long a sink that has failed gets no turns; null: it gets them as before
     * @param nanoTime as the sinks have it
     */
    LoadBalanceProcessor(
            String name, List<GroupedSink> sinks, TurnOrder order, @Nullable Penalty penalty, LongSupplier nanoTime) {
        super(name, sinks);
        this.order = order;
        this.penalty = penalty;
        this.nanoTime = nanoTime;
        sinks.forEach(sink -> past.put(sink, PastFailures.NONE));
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        tendSinks();
        Exception last = null;
        for (GroupedSink sink : order.next(eligible())) {
            try {
                Drain drain = sink.turn();
                if (drain == Drain.IDLE) {
                    return settleBusy();
                }
                if (sink.isFailing()) {
                    recovered(sink);
                }
                return drain;
            } catch (DeliveryException | RuntimeException e) {
                rethrowIfTheChannels(e);
                failed(sink, e);
                last = e;
            }
        }
        throw nobodyDelivers(last);
    }

    private List<GroupedSink> eligible() {
        return penalty == null
                ? sinks()
                : sinks().stream()
                        .filter(sink ->
                                !past.getOrDefault(sink, PastFailures.NONE).keepsOut(nanoTime.getAsLong()))
                        .toList();
    }

    /** The channel is empty; the group is idle only once nothing is on its way from any of its sinks. */
    private Drain settleBusy() throws DeliveryException, InterruptedException {
        boolean allArrived = true;
        for (GroupedSink sink : sinks()) {
            if (sink.isBusy()) {
                allArrived &= settle(sink);
            }
        }
        return allArrived ? Drain.IDLE : Drain.DELIVERED;
    }

    private void failed(GroupedSink sink, Exception failure) {
        boolean first = !sink.isFailing();
        Duration pause = Duration.ZERO;
        if (penalty != null) {
            PastFailures now = past.getOrDefault(sink, PastFailures.NONE).andNow(nanoTime.getAsLong(), penalty);
            past.put(sink, now);
            pause = Duration.ofNanos(now.retryNanos() - nanoTime.getAsLong());
        }
        sink.failed(pause);
        if (first) {
            LOG.warn(
                    "sink group {}: sink {} fails, and the others take its events; it is tried again in {} ms: {}",
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
        LOG.info(
                "sink group {}: sink {} delivers again, after {} failures", name(), sink.name(), sink.failuresInARow());
        sink.recovered();
    }

    @Override
    void failedAside(GroupedSink sink, Exception failure) {
        failed(sink, failure);
    }
}
