package org.millrace.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.millrace.codec.EventBatch;

/**
 * Sends encoded batch after batch with a client, for a thread that may block, and counts what is acknowledged. The client bounds how
 * many are on their way. One thread. After a failure, it is of no more use.
 */
public final class PipelinedSender {
    private final RelayClient client;
    private final Deque<Sent> inFlight = new ArrayDeque<>();
    private long acknowledgedEvents;

    /** @param client lent */
    public PipelinedSender(RelayClient client) {
        this.client = client;
    }

    /**
     * Sends a batch; first waits until there is room for it.
     *
     * @param batch lent
     * @throws AppendException if one that was sent before has failed; this one may be sent or not
     */
    public void send(EventBatch batch) throws AppendException, InterruptedException {
        inFlight.add(new Sent(batch.events(), client.appendAsync(batch)));
        while (!inFlight.isEmpty() && inFlight.getFirst().answered().isDone()) {
            awaitOldest();
        }
    }

    /**
     * Waits until everything that was sent is acknowledged.
     *
     * @throws AppendException if something is not
     */
    public void awaitAll() throws AppendException, InterruptedException {
        while (!inFlight.isEmpty()) {
            awaitOldest();
        }
    }

    /** Events that are known to be stored. */
    public long acknowledgedEvents() {
        return acknowledgedEvents;
    }

    private void awaitOldest() throws AppendException, InterruptedException {
        Sent oldest = inFlight.getFirst();
        RelayClient.await(oldest.answered());
        inFlight.removeFirst();
        acknowledgedEvents += oldest.events();
    }

    private record Sent(int events, CompletableFuture<Void> answered) {}
}
