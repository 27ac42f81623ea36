package org.millrace.api.deadletter;

import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkContext;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/**
 * Finds out whether it is one event that the peer of a sink refuses. After failures in a row batches become smaller, since it may be the
 * size that the peer refuses; then larger again. Once one event by itself fails, it is compared: a peer that is full, or down, refuses
 * whatever it gets; only when it takes the event behind does the one before count as failed, and after {@code deadLetter.maxTries} of
 * that it is a dead letter. The sink's thread only.
 */
public final class RefusalSearch {
    private final SinkContext context;
    private final int batchEvents;
    private final DeadLetters deadLetters;

    private int mostEvents;
    private boolean failedBefore;
    /** The last batches that failed had one event each: it may be the event. */
    private boolean suspectsOne;

    /** The other side. */
    public interface Peer {
        /**
         * Sends an event and waits for the answer.
         *
         * @param transaction that took it
         * @param event a batch of one; lent
         * @return why the peer did not take it; null if it has it
         * @throws DeliveryException if it could not be sent
         */
        @Nullable
        Throwable deliver(Transaction transaction, EventBatch event) throws DeliveryException, InterruptedException;
    }

    /** @param batchEvents in a batch, while all goes well */
    public RefusalSearch(SinkContext context, int batchEvents, DeadLetters deadLetters) {
        this.context = context;
        this.batchEvents = batchEvents;
        this.mostEvents = batchEvents;
        this.deadLetters = deadLetters;
    }

    /** Events in the next batch. */
    public int mostEvents() {
        return mostEvents;
    }

    /** The oldest batch that was on its way is delivered. */
    public void delivered() {
        failedBefore = false;
        suspectsOne = false;
        mostEvents = (int) Math.min(batchEvents, 2L * mostEvents);
    }

    /** It is not, and back in the channel. */
    public void failed() {
        suspectsOne = failedBefore && mostEvents == 1;
        mostEvents = failedBefore ? Math.max(1, mostEvents / 2) : mostEvents;
        failedBefore = true;
    }

    /** True if the sink should give the next turn, with nothing on its way, to {@link #compare}. */
    public boolean isDue() {
        return suspectsOne && deadLetters.isConfigured();
    }

    /**
     * Has the peer take the event behind, then the one that it may refuse. Each is delivered, a dead letter, or back in the channel
     * afterwards.
     *
     * @return false if there are no two events to compare: nothing was sent, and the turn is still to come
     * @throws DeliveryException if the peer does not take the event behind either; or if it is this one that it refuses, which is to be
     *     tried again
     */
    public boolean compare(Peer peer) throws DeliveryException, InterruptedException {
        suspectsOne = false;
        try (Transaction suspects = context.channel().begin();
                Transaction others = context.channel().begin()) {
            EventBatch suspect = suspects.take(1);
            EventBatch other = suspect == null ? null : others.take(1);
            if (suspect == null || other == null) {
                return false;
            }
            compare(peer, suspects, suspect, others, other);
            return true;
        } finally {
            deadLetters.rolledBack();
        }
    }

    private void compare(Peer peer, Transaction suspects, EventBatch suspect, Transaction others, EventBatch other)
            throws DeliveryException, InterruptedException {
        Throwable failure = deliver(peer, others, other);
        if (failure != null) {
            throw new DeliveryException("2 events are back in the channel", failure);
        }
        Throwable refusal = deliver(peer, suspects, suspect);
        if (refusal != null && !isDeadLetter(suspects, suspect, refusal)) {
            suspectsOne = true;
            throw new DeliveryException(
                    "sink " + context.name() + ": the peer takes other events and refuses one", refusal);
        }
    }

    private @Nullable Throwable deliver(Peer peer, Transaction transaction, EventBatch event)
            throws DeliveryException, InterruptedException {
        context.metrics().drainAttempts.inc();
        Throwable failure = peer.deliver(transaction, event);
        if (failure == null) {
            transaction.commit();
            context.metrics().drainSuccesses.inc();
        } else {
            context.metrics().eventWriteFails.inc();
        }
        return failure;
    }

    private boolean isDeadLetter(Transaction transaction, EventBatch event, Throwable why)
            throws DeliveryException, InterruptedException {
        EventReader reader = event.reader();
        reader.next();
        if (!deadLetters.failed(reader, "the peer takes other events and not this one: " + why.getMessage())) {
            return false;
        }
        deadLetters.settle();
        transaction.commitDurably();
        deadLetters.committed();
        return true;
    }
}
