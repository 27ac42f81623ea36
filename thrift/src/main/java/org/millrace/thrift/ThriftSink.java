package org.millrace.thrift;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
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
import org.millrace.codec.EventBatch;
import org.millrace.codec.MalformedException;
import org.millrace.thrift.kerberos.KerberosClient;
import org.millrace.thrift.kerberos.KerberosException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to the Thrift source of the next agent, over one connection and with several batches on their way at a time: a framed
 * server answers the calls of a connection in order. Each batch has a transaction of its own, which is committed once the peer says
 * that it has the events. What it refuses is back in the channel; after anything else the connection is closed, and all that it has not
 * acknowledged is back. An event that the peer refuses while it takes others is a dead letter, if the settings say anything about these.
 */
public final class ThriftSink implements Sink, BatchSized {
    private static final Logger LOG = LoggerFactory.getLogger(ThriftSink.class);

    /** A batch takes no more of the channel's batches once it has so many bytes: what it saves to merge small ones is saved by then. */
    private static final int ENOUGH_BYTES = 4 << 20;

    /** How long {@link #close} waits for answers that are still to come. */
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private final SinkContext context;
    private final ThriftSinkSettings settings;
    private final PeerLink peer;
    private final PeerCalls calls;
    private final DeadLetters deadLetters;
    private final RefusalSearch refusals;

    /** Oldest first. */
    private final Deque<Flight> flights = new ArrayDeque<>();

    private volatile int inFlight;
    private boolean triedEarly;
    private boolean closed;

    ThriftSink(SinkContext context, ThriftSinkSettings settings, DeadLetters deadLetters) {
        this.context = context;
        this.settings = settings;
        this.peer = new PeerLink(context, settings);
        this.calls = new PeerCalls(settings, peer);
        this.deadLetters = deadLetters;
        this.refusals = new RefusalSearch(context, settings.batchEvents(), deadLetters);
    }

    @Override
    public int batchEvents() {
        return settings.batchEvents();
    }

    @Override
    public String batchKey() {
        return ThriftSinkSettings.BATCH_SIZE;
    }

    /** Does not wait for the peer: the first turn connects. */
    @Override
    public void start() throws StartException {
        logIn();
        try {
            deadLetters.start();
        } catch (StartException e) {
            settings.kerberos().ifPresent(KerberosClient::close);
            throw e;
        }
        context.metrics().gauge("requestsInFlight", () -> inFlight);
        context.metrics().gauge("connected", () -> peer.isOpen() ? 1 : 0);
        context.metrics().started(context.clock().instant());
        LOG.info(
                "sink {} started: delivers from channel {} to {}",
                context.name(),
                context.channel().name(),
                peer);
    }

    /** A KDC that does not answer is asked again for each connection; one that refuses will not think otherwise. */
    private void logIn() throws StartException {
        if (settings.kerberos().isEmpty()) {
            return;
        }
        KerberosClient kerberos = settings.kerberos().get();
        try {
            kerberos.start(context.name(), settings.connectTimeout());
        } catch (IOException e) {
            if (e instanceof KerberosException refusal && !refusal.mayHeal()) {
                kerberos.close();
                throw new StartException("sink " + context.name() + ": " + e.getMessage(), e);
            }
            LOG.warn("sink {}: not logged in yet, trying again: {}", context.name(), e.getMessage());
        }
    }

    @Override
    public Drain drain() throws DeliveryException, InterruptedException {
        try {
            return turn();
        } catch (OutOfMemoryError e) {
            abandon();
            throw e;
        }
    }

    private Drain turn() throws DeliveryException, InterruptedException {
        connectEarly();
        deadLetters.finishDue();
        if (refusals.isDue() && refusals.compare(this::deliverOne)) {
            return Drain.DELIVERED;
        }
        boolean isResetDue = peer.isResetDue();
        if (flights.size() < settings.maxInFlight() && !(isResetDue && !flights.isEmpty())) {
            if (isResetDue) {
                reset();
            }
            if (sendNext()) {
                return Drain.DELIVERED;
            }
        }
        if (flights.isEmpty()) {
            context.metrics().batchTaken(0, settings.batchEvents());
            return Drain.IDLE;
        }
        settleOldest(settings.requestTimeout());
        return Drain.DELIVERED;
    }

    @Override
    public void settle() throws DeliveryException, InterruptedException {
        try {
            while (!flights.isEmpty()) {
                settleOldest(settings.requestTimeout());
            }
        } catch (OutOfMemoryError e) {
            abandon();
            throw e;
        }
    }

    /** Half of a call may be sent, or of an answer read: of direct memory there may be more in a moment, but this connection is lost. */
    private void abandon() {
        rollBackAll();
        peer.close();
    }

    /** A peer that is not there is known from the start, and not first when there is something to send. */
    private void connectEarly() throws InterruptedException {
        if (triedEarly) {
            return;
        }
        triedEarly = true;
        try {
            peer.connect();
        } catch (DeliveryException e) {
            LOG.warn(
                    "sink {}: no connection yet; tried again once there are events: {}",
                    context.name(),
                    e.getMessage());
        }
    }

    private void reset() {
        LOG.info("sink {}: the connection is as old as it may become", context.name());
        peer.close();
    }

    /** False if the channel is empty. */
    private boolean sendNext() throws DeliveryException, InterruptedException {
        Transaction transaction = context.channel().begin();
        boolean sent = false;
        try {
            List<EventBatch> batches = take(transaction);
            if (batches.isEmpty()) {
                return false;
            }
            int events = batches.stream().mapToInt(EventBatch::events).sum();
            context.metrics().batchTaken(events, settings.batchEvents());
            context.metrics().drainAttempts.inc(events);
            flights.add(calls.send(transaction, batches));
            inFlight = flights.size();
            sent = true;
            return true;
        } catch (IOException e) {
            throw giveUp("the events could not be sent", e);
        } finally {
            if (!sent) {
                transaction.close();
            }
        }
    }

    private @Nullable Throwable deliverOne(Transaction transaction, EventBatch event)
            throws DeliveryException, InterruptedException {
        try {
            Flight flight = calls.send(transaction, List.of(event));
            String problem = calls.answerTo(flight, settings.requestTimeout());
            return problem == null ? null : new DeliveryException(problem);
        } catch (IOException | MalformedException e) {
            peer.close();
            return peer.failure(peer + ": no answer", e);
        }
    }

    /** Many small batches of the channel make one of ours. */
    private List<EventBatch> take(Transaction transaction) {
        List<EventBatch> batches = new ArrayList<>(1);
        int room = refusals.mostEvents();
        long bytes = 0;
        try {
            while (room > 0 && bytes < ENOUGH_BYTES) {
                EventBatch batch = transaction.take(room);
                if (batch == null) {
                    break;
                }
                batches.add(batch);
                room -= batch.events();
                bytes += batch.encodedBytes();
            }
        } catch (ChannelException e) {
            context.metrics().channelReadFails.inc();
            throw e;
        }
        return batches;
    }

    /** Waits for the answer to the oldest batch; if that is not a good one, for the others, too. */
    private void settleOldest(Duration timeout) throws DeliveryException, InterruptedException {
        String problem = settleNext(timeout);
        if (problem == null) {
            refusals.delivered();
            return;
        }
        refusals.failed();
        while (!flights.isEmpty()) { // what the peer has by now is not to be sent again
            settleNext(timeout);
        }
        context.metrics().eventWriteFails.inc();
        throw new DeliveryException(problem);
    }

    /** What is wrong with the oldest batch, which is back in the channel then; null if it is delivered. */
    private @Nullable String settleNext(Duration timeout) throws DeliveryException, InterruptedException {
        Flight flight = flights.element();
        String problem;
        try {
            problem = calls.answerTo(flight, timeout);
        } catch (IOException | MalformedException e) {
            throw giveUp("no answer", e);
        }
        flights.remove();
        inFlight = flights.size();
        try (Transaction transaction = flight.transaction()) {
            if (problem == null) {
                transaction.commit();
                context.metrics().drainSuccesses.inc(flight.events());
            }
        }
        return problem;
    }

    /** Nothing more comes over this connection: what has no answer is back in the channel. */
    private DeliveryException giveUp(String what, Exception why) throws InterruptedException {
        refusals.failed();
        int events = rollBackAll();
        peer.close();
        context.metrics().eventWriteFails.inc();
        return peer.failure(peer + ": " + what + "; " + events + " events without one are back in the channel", why);
    }

    /** The newest first, so that each stands before those that came later. */
    private int rollBackAll() {
        int events = 0;
        for (Flight flight = flights.pollLast(); flight != null; flight = flights.pollLast()) {
            flight.transaction().close();
            events += flight.events();
        }
        inFlight = 0;
        return events;
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
            while (!flights.isEmpty()) {
                settleOldest(CLOSE_GRACE);
            }
        } catch (DeliveryException | ChannelException e) {
            LOG.warn("sink {}: closed before all had an answer: {}", context.name(), e.getMessage());
        } catch (InterruptedException e) {
            interrupted = true; // whoever closes us is in a hurry
        } finally {
            rollBackAll();
            peer.close();
            settings.kerberos().ifPresent(KerberosClient::close);
            deadLetters.close();
        }
        context.metrics().stopped(context.clock().instant());
        LOG.info("sink {} stopped", context.name());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
