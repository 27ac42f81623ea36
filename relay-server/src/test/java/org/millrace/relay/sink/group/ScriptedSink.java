package org.millrace.relay.sink.group;

import com.codahale.metrics.MetricRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelReader;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkMetrics;
import org.millrace.api.SinkProcessor;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.testkit.Batches;

/**
 * A sink whose peer is up or down as the test says. It takes one batch in a turn; where {@code pipelines} is set, the answer to it is
 * only looked at in a later turn, as the Avro sink does it.
 */
final class ScriptedSink implements Sink {
    final List<String> delivered = new ArrayList<>();
    final SinkMetrics metrics;
    boolean down;
    boolean pipelines;
    /** Thrown instead of taking anything, with what is on its way left there. */
    @Nullable
    RuntimeException fault;

    /** The same, for what is no exception. */
    @Nullable
    Error breakdown;

    boolean refusesToStart;
    Duration idleLimit = Duration.ofMinutes(1);
    int turns;
    int settled;
    boolean open;

    private final String name;
    private final ChannelReader channel;
    private final Deque<OnItsWay> onItsWay = new ArrayDeque<>();

    private record OnItsWay(Transaction transaction, List<String> bodies) {}

    ScriptedSink(String name, ChannelReader channel, MetricRegistry registry) {
        this.name = name;
        this.channel = channel;
        this.metrics = new SinkMetrics(name, registry);
    }

    SinkProcessor.Member member() {
        return new SinkProcessor.Member(name, this, metrics);
    }

    int onItsWay() {
        return onItsWay.size();
    }

    @Override
    public void start() throws StartException {
        if (refusesToStart) {
            throw new StartException(name + " has no peer");
        }
        open = true;
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        turns++;
        if (fault != null) {
            throw fault;
        }
        if (breakdown != null) {
            throw breakdown;
        }
        boolean answered = answer();
        Transaction transaction = channel.begin();
        EventBatch batch = transaction.take(100);
        if (batch == null) {
            transaction.close();
            return answered ? Drain.DELIVERED : Drain.IDLE;
        }
        onItsWay.addLast(new OnItsWay(transaction, Batches.bodies(batch)));
        if (!pipelines) {
            answer();
        }
        return Drain.DELIVERED;
    }

    @Override
    public void settle() throws DeliveryException, InterruptedException {
        settled++;
        answer();
    }

    private boolean answer() throws DeliveryException, InterruptedException {
        boolean any = !onItsWay.isEmpty();
        if (any && down) {
            while (!onItsWay.isEmpty()) {
                onItsWay.removeLast().transaction().close();
            }
            throw new DeliveryException(name + "'s peer is down");
        }
        while (!onItsWay.isEmpty()) {
            OnItsWay arrived = onItsWay.removeFirst();
            arrived.transaction().commit();
            arrived.transaction().close();
            delivered.addAll(arrived.bodies());
            metrics.drainSuccesses.inc(arrived.bodies().size());
        }
        return any;
    }

    @Override
    public Duration idleLimit() {
        return idleLimit;
    }

    @Override
    public void close() {
        open = false;
    }
}
