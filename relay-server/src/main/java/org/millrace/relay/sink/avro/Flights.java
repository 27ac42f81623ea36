package org.millrace.relay.sink.avro;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.SinkMetrics;

/**
 * The batches on their way, oldest first. They are committed in that order as long as all goes well. The sink's thread only, but
 * for {@link #size}.
 */
final class Flights {
    /** With so many bytes on their way no more are taken: they stand in direct memory. As the client library has it. */
    static final long ENOUGH_BYTES = 32L << 20;

    private final int most;
    private final SinkMetrics metrics;
    private final Deque<Flight> flights = new ArrayDeque<>();

    private long bytes;

    /** For other threads to see. */
    private volatile int size;

    Flights(int most, SinkMetrics metrics) {
        this.most = most;
        this.metrics = metrics;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    boolean hasRoom() {
        return flights.size() < most && bytes < ENOUGH_BYTES;
    }

    void add(Flight flight) {
        flights.add(flight);
        bytes += flight.bytes();
        size = flights.size();
    }

    /**
     * Waits for an answer. When there is no room for more, until about half have theirs: so the sink's thread is not woken for each
     * one, and there are still some on their way while it sends the next.
     */
    void awaitAnswers() throws InterruptedException {
        int behind = hasRoom() ? 0 : (flights.size() - 1) / 2;
        for (Flight flight : flights) {
            if (behind-- == 0) {
                flight.awaitAnswer();
                return;
            }
        }
    }

    /**
     * Commits what has arrived, up to the first that has not been answered.
     *
     * @return why the oldest of those that are left has failed; null if it has not
     * @throws ChannelException if the channel cannot commit: the peer has the events, and will get them again
     */
    @Nullable
    Throwable commitArrived() throws InterruptedException {
        while (!flights.isEmpty() && flights.getFirst().hasArrived()) {
            commit(removeOldest());
        }
        return flights.isEmpty() ? null : flights.getFirst().failure();
    }

    /** Waits until all have their answer. The connection sees to it that they get one in time. */
    void awaitAll() throws InterruptedException {
        for (Flight flight : flights) {
            flight.awaitAnswer();
        }
    }

    /** Waits until all have their answer, or the time has run out. */
    void awaitAll(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (Flight flight : flights) {
            flight.awaitAnswer(Math.max(0, deadline - System.nanoTime()));
        }
    }

    /**
     * Ends all of them: what has arrived is committed, even behind something that has not, since the peer would get it twice
     * otherwise; the rest goes back to the channel, newest first, so that it stands there in order again.
     *
     * @return how many events went back
     * @throws ChannelException if the channel could not commit; everything is ended all the same
     * @throws InterruptedException in a commit; what was not ended yet is left, for the next time
     */
    int settle() throws InterruptedException {
        Deque<Flight> lost = new ArrayDeque<>();
        ChannelException notCommitted = null;
        while (!flights.isEmpty()) {
            Flight flight = removeOldest();
            if (flight.hasArrived()) {
                try {
                    commit(flight);
                } catch (ChannelException e) {
                    notCommitted = e;
                } catch (InterruptedException e) {
                    lost.forEach(this::leave);
                    throw e;
                }
            } else {
                lost.push(flight);
            }
        }
        size = 0;
        int events = 0;
        for (Flight flight : lost) { // pushed oldest first, so the newest comes out first
            flight.transaction().close();
            events += flight.events();
        }
        if (notCommitted != null) {
            throw notCommitted;
        }
        return events;
    }

    /** Undoes {@link #removeOldest}. */
    private void leave(Flight flight) {
        flights.addFirst(flight);
        bytes += flight.bytes();
        size = flights.size();
    }

    private Flight removeOldest() {
        Flight oldest = flights.removeFirst();
        bytes -= oldest.bytes();
        return oldest;
    }

    private void commit(Flight flight) throws InterruptedException {
        try (var transaction = flight.transaction()) {
            transaction.commit();
            metrics.drainSuccesses.inc(flight.events());
        } finally {
            size = flights.size();
        }
    }
}
