package org.millrace.relay.sink.avro;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchSized;
import org.millrace.api.ChannelException;
import org.millrace.api.DeliveryException;
import org.millrace.api.Sink;
import org.millrace.api.SinkContext;
import org.millrace.api.StartException;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.api.deadletter.RefusalSearch;
import org.millrace.api.support.AllOf;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayConnection;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to the Avro source of the next agent, with several requests on their way at a time. Each request has a transaction
 * of its own, which is committed once the peer says that it has the events; in order, as long as nothing fails. When something
 * does, the connection is closed, and what the peer has not acknowledged is back in the channel.
 */
final class AvroSink implements Sink, BatchSized {
    private static final Logger LOG = LoggerFactory.getLogger(AvroSink.class);

    /** A request takes no more batches once it has so many bytes: what it saves to merge small ones is saved by then. */
    private static final int ENOUGH_BYTES = 4 << 20;

    /** How long {@link #close} waits for answers that are still to come. */
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private final SinkContext context;
    private final AvroSinkSettings settings;
    private final PeerLink peer;
    private final Flights flights;
    private final DeadLetters deadLetters;

    private final RefusalSearch refusals;

    private boolean triedPeer;
    private boolean closed;

    AvroSink(SinkContext context, AvroSinkSettings settings, EventLoops loops, DeadLetters deadLetters) {
        this(
                context,
                settings,
                () -> RelayConnection.connect(settings.peer(), settings.connection(), loops),
                System::nanoTime,
                deadLetters);
    }

    /** @param nanoTime what the age of a connection is told by */
    AvroSink(
            SinkContext context,
            AvroSinkSettings settings,
            PeerLink.Dialer dialer,
            LongSupplier nanoTime,
            DeadLetters deadLetters) {
        this.context = context;
        this.settings = settings;
        this.peer = new PeerLink(context, settings, dialer, nanoTime);
        this.flights = new Flights(settings.maxInFlight(), context.metrics());
        this.deadLetters = deadLetters;
        this.refusals = new RefusalSearch(context, settings.batchEvents(), deadLetters);
    }

    @Override
    public int batchEvents() {
        return settings.batchEvents();
    }

    @Override
    public String batchKey() {
        return AvroSinkSettings.BATCH_SIZE;
    }

    /** Does not wait for the peer: the first turn connects. */
    @Override
    public void start() throws StartException {
        deadLetters.start();
        context.metrics().gauge("requestsInFlight", flights::size);
        context.metrics().gauge("connected", () -> isConnected() ? 1 : 0);
        context.metrics().started(context.clock().instant());
        LOG.info(
                "sink {} started: delivers from channel {} to {}",
                context.name(),
                context.channel().name(),
                settings.peer());
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        tryPeerEarly();
        deadLetters.finishDue();
        if (refusals.isDue() && refusals.compare(this::deliverOne)) {
            return Drain.DELIVERED;
        }
        commitArrived();
        if (flights.isEmpty() && peer.isResetDue()) {
            reset();
        }
        if (!mayTake() || !sendNext()) {
            if (flights.isEmpty()) {
                return idle();
            }
            flights.awaitAnswers();
            commitArrived();
        }
        return Drain.DELIVERED;
    }

    @Override
    public void settle() throws DeliveryException, InterruptedException {
        flights.awaitAll(); // the connection sees to it that each has its answer in time
        commitArrived();
        if (peer.isResetDue()) {
            reset();
        }
    }

    /** A peer that is not there is known from the start, and not first when there is something to send. */
    private void tryPeerEarly() throws InterruptedException {
        if (triedPeer) {
            return;
        }
        triedPeer = true;
        try {
            peer.connect();
        } catch (RelayException e) {
            LOG.warn(
                    "sink {}: no connection yet; tried again once there are events: {}",
                    context.name(),
                    e.getMessage());
        }
    }

    /** A connection that is to be closed gets no more requests. */
    private boolean mayTake() {
        boolean connectionEnds = peer.isResetDue() || !peer.isOpen();
        return flights.isEmpty() || (flights.hasRoom() && !connectionEnds);
    }

    private Drain idle() {
        context.metrics().batchTaken(0, settings.batchEvents());
        return Drain.IDLE;
    }

    private void reset() {
        LOG.info("sink {}: reset-connection-interval is over", context.name());
        peer.close();
    }

    /** False if the channel is empty. */
    private boolean sendNext() throws DeliveryException, InterruptedException {
        Transaction transaction = context.channel().begin();
        boolean sent = false;
        try {
            List<Load> loads = take(transaction);
            if (loads.isEmpty()) {
                return false;
            }
            peer.connect();
            int events = loads.stream().mapToInt(Load::events).sum();
            context.metrics().batchTaken(events, settings.batchEvents());
            context.metrics().drainAttempts.inc(events);
            long bytes = loads.stream().mapToLong(Load::bytes).sum();
            flights.add(new Flight(transaction, events, bytes, send(loads)));
            sent = true;
            return true;
        } catch (RelayException e) {
            throw new DeliveryException("no connection", e);
        } finally {
            if (!sent) {
                transaction.close();
            }
        }
    }

    private @Nullable Throwable deliverOne(Transaction transaction, EventBatch event)
            throws DeliveryException, InterruptedException {
        try {
            peer.connect();
        } catch (RelayException e) {
            throw new DeliveryException("no connection", e);
        }
        Load load = new Load(transaction.origin());
        load.add(event);
        try {
            peer.send(load).get();
            return null;
        } catch (ExecutionException e) {
            peer.close();
            Throwable cause = e.getCause();
            return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        }
    }

    private CompletableFuture<Void> send(List<Load> loads) {
        return AllOf.of(loads.stream().map(peer::send).toList());
    }

    /** Many small batches make one request; more than one only where their numbers leave something out. */
    private List<Load> take(Transaction transaction) {
        List<Load> loads = new ArrayList<>(1);
        Load last = null;
        int room = refusals.mostEvents();
        long bytes = 0;
        try {
            while (room > 0 && bytes < ENOUGH_BYTES) {
                EventBatch batch = transaction.take(room);
                if (batch == null) {
                    break;
                }
                Origin origin = transaction.origin();
                if (last == null || !last.isFollowedBy(origin)) {
                    last = new Load(origin);
                    loads.add(last);
                }
                last.add(batch);
                room -= batch.events();
                bytes += batch.encodedBytes();
            }
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw e;
        }
        return loads;
    }

    private void commitArrived() throws DeliveryException, InterruptedException {
        Throwable failure;
        int before = flights.size();
        try {
            failure = flights.commitArrived();
        } catch (ChannelException e) {
            failure = e;
        }
        if (failure != null) {
            giveUp(failure);
        } else if (flights.size() < before) {
            refusals.delivered();
        }
    }

    /** Waits for the answers that are still to come: what the peer has stored by now is not to be sent again. */
    private void giveUp(Throwable failure) throws DeliveryException, InterruptedException {
        context.metrics().eventWriteFails.inc();
        refusals.failed();
        flights.awaitAll();
        int events = 0;
        try {
            events = flights.settle();
        } catch (ChannelException e) {
            failure.addSuppressed(e);
        } finally {
            peer.close();
        }
        throw new DeliveryException(events + " events are back in the channel", failure);
    }

    /** True while there is a connection. Any thread. */
    boolean isConnected() {
        return peer.isOpen();
    }

    /** Waits a little for the answers that are still to come. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = false;
        try {
            flights.awaitAll(CLOSE_GRACE);
        } catch (InterruptedException e) {
            interrupted = true; // whoever closes us is in a hurry
        }
        try {
            int events = flights.settle();
            if (events > 0) {
                LOG.warn("sink {}: {} events had no answer yet; they are back in the channel", context.name(), events);
            }
        } catch (ChannelException e) {
            LOG.error("sink {}: the channel could not commit what the peer has", context.name(), e);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            peer.close();
            deadLetters.close();
        }
        context.metrics().stopped(context.clock().instant());
        LOG.info("sink {} stopped", context.name());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
