package org.millrace.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.millrace.codec.EventBatch;

/**
 * Sends batch after batch over a connection, for a thread that may block: up to a number of them are on their way before it waits.
 * One thread. After a failure, connect anew.
 */
public final class PipelinedSender {
    private final RelayConnection connection;
    private final int maxInFlight;
    private final Deque<Sent> inFlight = new ArrayDeque<>();
    private long acknowledgedEvents;

    /** @param maxInFlight batches on their way at a time, at least 1 */
    public PipelinedSender(RelayConnection connection, int maxInFlight) {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("maxInFlight: " + maxInFlight + " (expected: at least 1)");
        }
        this.connection = connection;
        this.maxInFlight = maxInFlight;
    }

    /**
     * Sends a batch; first waits until there is room for it.
     *
     * @param batch lent; not empty
     * @throws RelayException if one that was sent before has failed; this one is not sent then
     */
    public void send(EventBatch batch) throws RelayException, InterruptedException {
        while (inFlight.size() >= maxInFlight) {
            awaitOldest();
        }
        inFlight.add(new Sent(batch.events(), connection.append(List.of(batch))));
    }

    /**
     * Waits until everything that was sent is acknowledged.
     *
     * @throws RelayException if something is not
     */
    public void awaitAll() throws RelayException, InterruptedException {
        while (!inFlight.isEmpty()) {
            awaitOldest();
        }
    }

    /** Events that the peer is known to have safely. */
    public long acknowledgedEvents() {
        return acknowledgedEvents;
    }

    private void awaitOldest() throws RelayException, InterruptedException {
        Sent oldest = inFlight.getFirst();
        try {
            oldest.answered().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RelayException known
                    ? known
                    : new RelayException(connection.peer(), "the call failed", e);
        }
        inFlight.removeFirst();
        acknowledgedEvents += oldest.events();
    }

    private record Sent(int events, CompletableFuture<Void> answered) {}
}
