package org.millrace.relay.sink.group;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkProcessor;
import org.millrace.api.StartException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What any group does with all of its sinks, whoever has the turns. One thread, as a sink. */
abstract class SinkGroup implements SinkProcessor {
    static final Logger LOG = LoggerFactory.getLogger(SinkGroup.class);

    private final String name;
    private final List<GroupedSink> sinks;

    SinkGroup(String name, List<GroupedSink> sinks) {
        this.name = name;
        this.sinks = List.copyOf(sinks);
    }

    /** The sink has failed while it had no turn: what it had on its way is back in the channel. */
    abstract void failedAside(GroupedSink sink, Exception failure);

    final String name() {
        return name;
    }

    /** In the order of the file. */
    final List<GroupedSink> sinks() {
        return sinks;
    }

    @Override
    public final List<Member> members() {
        return sinks.stream().map(GroupedSink::member).toList();
    }

    @Override
    public final void start() throws StartException {
        try {
            for (GroupedSink sink : sinks) {
                sink.member().sink().start();
                sink.showFigures();
            }
        } catch (StartException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Those that have no turn are left without one no longer than they say. */
    @Override
    public final Duration idleLimit() {
        long nanos = Long.MAX_VALUE;
        for (GroupedSink sink : sinks) {
            nanos = Math.min(nanos, sink.nanosUntilDue());
        }
        return Duration.ofNanos(Math.max(0, nanos));
    }

    @Override
    public final void settle() throws DeliveryException, InterruptedException {
        for (GroupedSink sink : sinks) {
            settle(sink);
        }
    }

    /** One sink that does not close cleanly must not keep the others from closing. */
    @Override
    public final void close() {
        for (GroupedSink sink : sinks) {
            try {
                sink.member().sink().close();
            } catch (RuntimeException e) {
                LOG.error("sink {} of group {} did not close cleanly", sink.name(), name, e);
            }
        }
    }

    /** Gives sinks that get no turn what is due by the clock. */
    final void tendSinks() throws DeliveryException, InterruptedException {
        for (GroupedSink sink : sinks) {
            try {
                sink.tend();
            } catch (DeliveryException | RuntimeException e) {
                rethrowIfTheChannels(e);
                failedAside(sink, e);
            }
        }
    }

    /** False if what the sink had on its way is back in the channel. */
    final boolean settle(GroupedSink sink) throws DeliveryException, InterruptedException {
        try {
            sink.settle();
            return true;
        } catch (DeliveryException | RuntimeException e) {
            rethrowIfTheChannels(e);
            failedAside(sink, e);
            return false;
        }
    }

    /** When the channel is out of order, a sink that cannot take from it is not to blame. */
    static void rethrowIfTheChannels(Exception failure) throws DeliveryException {
        if (failure instanceof ChannelException channels) {
            throw channels;
        }
        if (failure instanceof DeliveryException delivery && delivery.getCause() instanceof ChannelException) {
            throw delivery;
        }
    }

    final DeliveryException nobodyDelivers(@Nullable Exception last) {
        String waits = sinks.stream()
                .map(sink -> sink.name() + " in " + sink.penaltyLeft().toMillis() + " ms")
                .collect(Collectors.joining(", "));
        String message = "none of its sinks delivers; they may be tried again: " + waits;
        return last == null ? new DeliveryException(message) : new DeliveryException(message, last);
    }

    static String text(Exception failure) {
        Throwable cause = failure.getCause();
        String message = failure instanceof DeliveryException ? failure.getMessage() : failure.toString();
        return cause == null ? String.valueOf(message) : message + ": " + cause;
    }

    /** The stack of a failure, if it is one that nobody foresaw. */
    static @Nullable Exception stack(Exception failure) {
        return failure instanceof DeliveryException ? null : failure;
    }
}
