package org.millrace.relay.route;

import com.codahale.metrics.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelSelector;
import org.millrace.api.ChannelSelector.Delivery;
import org.millrace.api.Inlet;
import org.millrace.api.Interceptor;
import org.millrace.api.SourceMetrics;
import org.millrace.api.support.AllOf;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source's way into its channels. Events are accepted once every required channel has them; only then do the optional channels
 * get theirs, so that a batch sent again after a failure is not in those twice. Thread-safe.
 */
public final class EventRouter implements Inlet, AutoCloseable {
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private static final Logger LOG = LoggerFactory.getLogger(EventRouter.class);

    private final String source;
    private final List<Interceptor> interceptors;
    private final InterceptorChain chain;
    private final ChannelSelector selector;
    private final List<Channel> requiredChannels;
    private final RoomGate gate;
    private final OptionalDeliveries optional;
    private final Counter filtered;

    /**
     * @param interceptors in the order they work in; closed with the router
     * @param requiredChannels those whose being full stops the source: {@link ChannelSelector#requiredChannels}
     * @param metrics gets figures of what interceptors and optional channels lose; the source counts what it receives itself
     */
    public EventRouter(
            List<Interceptor> interceptors,
            ChannelSelector selector,
            List<Channel> requiredChannels,
            SourceMetrics metrics) {
        this.source = metrics.component();
        this.interceptors = List.copyOf(interceptors);
        this.chain = new InterceptorChain(interceptors);
        this.selector = selector;
        this.requiredChannels = List.copyOf(requiredChannels);
        this.gate = RoomGate.of(selector, this.requiredChannels);
        this.optional = new OptionalDeliveries(metrics, InstantSource.system(), Duration.ofMinutes(1));
        this.filtered = metrics.counter("eventsFiltered");
    }

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        CompletableFuture<Void> accepted = submitUnflushed(batch);
        flush();
        return accepted;
    }

    @Override
    public CompletableFuture<Void> submitUnflushed(EventBatch batch) {
        return submitUnflushed(batch, null);
    }

    @Override
    public CompletableFuture<Void> submitUnflushed(EventBatch batch, @Nullable Origin origin) {
        int events = batch.events();
        List<Delivery> deliveries;
        try {
            deliveries = route(batch);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (deliveries.size() == 1 && deliveries.get(0).required()) {
            return submit(deliveries.get(0), events, origin);
        }
        return deliver(deliveries, events, origin);
    }

    @Override
    public void flush() {
        for (Channel channel : requiredChannels) {
            channel.flush();
        }
    }

    @Override
    public void put(EventBatch batch) throws InterruptedException {
        try {
            submit(batch).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new ChannelException("batch not taken", e);
        }
    }

    @Override
    public boolean isSettled() {
        return optional.isSettled();
    }

    @Override
    public boolean hasRoom() {
        return gate.isOpen();
    }

    @Override
    public void onRoom(Runnable action) {
        gate.onOpen(action);
    }

    /** Closes the interceptors, last one first. The channels are not the router's. */
    @Override
    public void close() {
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            try {
                interceptors.get(i).close();
            } catch (RuntimeException e) {
                LOG.warn("an interceptor of {} did not close cleanly", source, e);
            }
        }
    }

    private List<Delivery> route(EventBatch batch) {
        int before = batch.events();
        EventBatch left = chain.intercept(batch);
        try {
            filtered.inc(before - left.events());
            return left.isEmpty() ? List.of() : selector.select(left);
        } finally {
            left.release(); // each delivery holds a reference of its own
        }
    }

    /** The sender's numbers are those of all its events: they mean nothing where some are missing. */
    private static CompletableFuture<Void> submit(Delivery delivery, int sentEvents, @Nullable Origin origin) {
        EventBatch batch = delivery.batch();
        return origin != null && batch.events() == sentEvents
                ? delivery.channel().submitUnflushed(batch, origin)
                : delivery.channel().submitUnflushed(batch);
    }

    /** A batch that one required channel can never take goes into none: its source puts it again, in parts. */
    private CompletableFuture<Void> deliver(List<Delivery> deliveries, int sentEvents, @Nullable Origin origin) {
        for (Delivery delivery : deliveries) {
            String never = delivery.required() ? delivery.channel().neverFits(delivery.batch()) : null;
            if (never != null) {
                deliveries.forEach(each -> each.batch().release());
                return CompletableFuture.failedFuture(new BatchTooLargeException(never));
            }
        }
        List<Delivery> later = new ArrayList<>();
        List<CompletableFuture<Void>> required = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (delivery.required()) {
                required.add(submit(delivery, sentEvents, origin));
            } else {
                later.add(delivery);
            }
        }
        CompletableFuture<Void> accepted = required.isEmpty() ? DONE : AllOf.of(required);
        if (!later.isEmpty()) {
            optional.announce(later.size());
            accepted.whenComplete((done, failure) -> {
                if (failure == null) {
                    optional.submit(later);
                } else {
                    optional.drop(later);
                }
            });
        }
        return accepted;
    }
}
