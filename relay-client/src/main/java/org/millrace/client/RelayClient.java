package org.millrace.client;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * Sends events to relays, or to Flume agents, over as many hosts as it is given. It connects when there is something to send, and
 * again whenever a connection is lost; each time it looks the host's name up and tries all of its addresses.
 *
 * <p><b>What an answer means.</b> A call that returns, or a future that completes, says that the relay has every event safely: on disk,
 * if its channel is on disk. An {@link AppendException} says how many of the first ones it has. Whoever sends the others again loses
 * nothing, but may make copies: an answer may have been lost on its way back. What the client itself tries again carries the same numbers
 * each time, so that a Millrace host whose channel is on disk does not store it twice.
 *
 * <p><b>Order.</b> Batches are sent in the order of the calls that hand them over. It is kept while no try fails and one host is
 * used at a time; the events of one batch are never reordered.
 *
 * <p><b>Back-pressure.</b> As many batches and bytes are on their way as {@link ClientSettings} say; then the calls wait, in their order,
 * and {@link #tryAppend} says no, also while somebody waits.
 *
 * <p><b>Threads.</b> Any number of threads may use one client. Its threads are those of {@link EventLoops}. What
 * follows a future in the same thread must not block; a call of this class that would wait there throws an {@link
 * IllegalStateException} instead.
 *
 * <p><b>Time.</b> Each try ends: a connection is made, with the look-up of the name, and its first answer comes, within the connect
 * time-out each, any other answer within the request time-out. After all hosts have failed, the next call waits a moment (100 ms, doubled
 * up to 5 s, shortened by chance) before it tries them again.
 */
public final class RelayClient implements AutoCloseable {
    /** How long {@link #close} waits for answers that are still to come. */
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private final Route route;
    private final EventLoops loops;
    private final PauseGate pauses;
    private final InFlight inFlight;
    private final BatchEncoder encoder;
    private final UUID id;
    private final AtomicLong nextSequence = new AtomicLong();

    /** @param id this client's, and nobody else's */
    RelayClient(ClientSettings settings, UUID id, Route route, PauseGate pauses, EventLoops loops) {
        this.id = id;
        this.route = route;
        this.loops = loops;
        this.pauses = pauses;
        this.inFlight = new InFlight(settings.maxInFlightBatches(), settings.maxInFlightBytes());
        this.encoder = new BatchEncoder(settings.batchEvents());
    }

    /** A client on the threads that all clients of the process share. Nothing is connected yet. */
    public static RelayClient open(ClientSettings settings) {
        return open(settings, EventLoops.shared());
    }

    /** As {@link #open(ClientSettings)}, on other threads; they must stay open as long as the client. */
    public static RelayClient open(ClientSettings settings, EventLoops loops) {
        InstantSource clock = new MonotonicClock();
        RandomGenerator random = () -> ThreadLocalRandom.current().nextLong(); // whichever thread asks
        Connections connections = new Connections(settings.connection(), loops);
        PauseGate pauses = new PauseGate(
                clock, random, (nanos, task) -> loops.group().schedule(task, nanos, TimeUnit.NANOSECONDS));
        return new RelayClient(
                settings, UUID.randomUUID(), Route.of(settings, connections, clock, random), pauses, loops);
    }

    /**
     * Connects to a host now instead of with the first batch.
     *
     * @throws AppendException if none can be reached
     */
    public void connect() throws AppendException, InterruptedException {
        checkMayWait();
        inFlight.enter(0);
        await(deliver(List.of(), 0));
    }

    /** As {@link #connect}, without waiting. Completes when a host is connected, or with an {@link AppendException}. */
    public CompletableFuture<Void> connectAsync() {
        return inFlight.tryEnter(0) ? deliver(List.of(), 0) : CompletableFuture.completedFuture(null); // it is at work
    }

    /**
     * Sends an event and waits until it is stored.
     *
     * @throws AppendException if it may not be
     * @throws InterruptedException while waiting; the event may be stored all the same
     */
    public void append(Event event) throws AppendException, InterruptedException {
        appendBatch(List.of(event));
    }

    /**
     * Sends events and waits until they are stored.
     *
     * @param events may be empty, which does nothing; more than {@link ClientSettings#batchEvents} make several calls over the wire
     * @throws AppendException if they may not all be stored; it tells how many are
     * @throws InterruptedException while waiting; the events may be stored all the same
     */
    public void appendBatch(List<Event> events) throws AppendException, InterruptedException {
        await(appendAsync(events));
    }

    /**
     * Sends events. Waits for room, but not for the answer.
     *
     * @param events as for {@link #appendBatch}
     * @return completes when they are stored, or with an {@link AppendException}
     * @throws InterruptedException while waiting for room; nothing was sent
     */
    public CompletableFuture<Void> appendAsync(List<Event> events) throws InterruptedException {
        checkMayWait();
        return enterAndDeliver(encoder.encode(events));
    }

    /**
     * As {@link #appendAsync(List)}, for events that are encoded: they go in one call over the wire.
     *
     * @param events lent until this returns
     */
    public CompletableFuture<Void> appendAsync(EventBatch events) throws InterruptedException {
        checkMayWait();
        return enterAndDeliver(events.isEmpty() ? List.of() : List.of(events.retain()));
    }

    /**
     * Sends events if there is room for them. Never waits.
     *
     * @param events as for {@link #appendBatch}
     * @return as {@link #appendAsync}; empty if there was no room, and then nothing was sent: try again after {@link #whenRoom}
     */
    public Optional<CompletableFuture<Void>> tryAppend(List<Event> events) {
        if (events.isEmpty()) {
            return Optional.of(CompletableFuture.completedFuture(null));
        }
        List<EventBatch> calls = encoder.encode(events);
        long bytes = bytesOf(calls);
        boolean entered = false;
        try {
            entered = inFlight.tryEnter(bytes);
        } finally {
            if (!entered) {
                calls.forEach(EventBatch::release);
            }
        }
        return entered ? Optional.of(deliver(calls, bytes)) : Optional.empty();
    }

    /**
     * Sends events that their sender has numbered, in one call over the wire, if there is room for them. Never waits. Who sends the same
     * events again after a failure, with the same numbers, gets no copies at a Millrace host with a {@code file} channel that has them
     * already, even from another client; who gives a number twice to different events loses some there.
     *
     * @param events lent until this returns; at least one
     * @param origin of the first event; the others count on from it
     * @param listener told of each try
     * @return as {@link #tryAppend(List)}
     */
    public Optional<CompletableFuture<Void>> tryAppend(EventBatch events, Origin origin, TryListener listener) {
        long bytes = events.encodedBytes();
        return inFlight.tryEnter(bytes)
                ? Optional.of(deliver(List.of(events.retain()), origin, listener, bytes))
                : Optional.empty();
    }

    /** Completes when there is room again; at once if there is. Others may be quicker to take it. */
    public CompletableFuture<Void> whenRoom() {
        return inFlight.room();
    }

    /** Batches that are on their way. */
    public int batchesInFlight() {
        return inFlight.batches();
    }

    /** Their encoded bytes. */
    public long bytesInFlight() {
        return inFlight.bytes();
    }

    /**
     * Takes no more batches, waits up to 5 s for the answers to those that are on their way, and closes the connections; what has no
     * answer by then fails. May be repeated.
     */
    @Override
    public void close() {
        try {
            inFlight.closeAndAwait(loops.isOwnThread() ? 0 : CLOSE_GRACE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever closes us is in a hurry
        } finally {
            closeRoute();
        }
    }

    /** As {@link #close}, without waiting for answers: what is on its way fails, and so does what waits for the end of a pause. */
    public void closeNow() {
        inFlight.close();
        closeRoute();
    }

    private void closeRoute() {
        route.close();
        pauses.close(); // what waits for the end of a pause finds the way closed
    }

    private void checkMayWait() {
        if (loops.isOwnThread()) {
            throw new IllegalStateException(
                    "would wait on the event loop that brings the answer (expected: tryAppend)");
        }
    }

    /** @param calls taken over */
    private CompletableFuture<Void> enterAndDeliver(List<EventBatch> calls) throws InterruptedException {
        if (calls.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long bytes = bytesOf(calls);
        boolean entered = false;
        try {
            inFlight.enter(bytes);
            entered = true;
        } finally {
            if (!entered) {
                calls.forEach(EventBatch::release);
            }
        }
        return deliver(calls, bytes);
    }

    /** @param calls taken over */
    private CompletableFuture<Void> deliver(List<EventBatch> calls, long bytes) {
        int events = calls.stream().mapToInt(EventBatch::events).sum();
        Origin origin = new Origin(id, nextSequence.getAndAdd(events));
        return deliver(calls, origin, (host, failure) -> {}, bytes);
    }

    /** @param calls taken over */
    private CompletableFuture<Void> deliver(List<EventBatch> calls, Origin origin, TryListener listener, long bytes) {
        Delivery delivery = new Delivery(calls, origin, route, listener, () -> inFlight.leave(bytes));
        CompletableFuture<Void> outcome = delivery.outcome();
        outcome.whenComplete((stored, failure) -> {
            if (failure == null) {
                pauses.succeeded();
            } else if (delivery.sawTrouble()) {
                pauses.failed();
            }
        });
        pauses.pass(delivery::start);
        return outcome;
    }

    private static long bytesOf(List<EventBatch> calls) {
        return calls.stream().mapToLong(EventBatch::encodedBytes).sum();
    }

    static void await(CompletableFuture<Void> outcome) throws AppendException, InterruptedException {
        try {
            outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AppendException known) {
                throw known;
            }
            throw new IllegalStateException("a delivery ends with an AppendException alone", e);
        }
    }
}
