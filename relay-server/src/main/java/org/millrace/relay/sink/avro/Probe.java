package org.millrace.relay.sink.avro;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.DeliveryException;
import org.millrace.api.SinkContext;
import org.millrace.api.Transaction;
import org.millrace.api.deadletter.DeadLetters;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventReader;

/**
 * Finds out whether it is one event that the peer refuses. A peer that is full, or down, refuses whatever it gets: only when it takes the
 * event behind does the one before count as failed, and after {@code deadLetter.maxTries} of that it is a dead letter. A turn of the sink,
 * with nothing else on its way. The sink's thread only.
 */
final class Probe {
    private final SinkContext context;
    private final PeerLink peer;
    private final DeadLetters deadLetters;
    private @Nullable Throwable refusal;

    /** What became of the event. */
    enum Verdict {
        /** It is delivered, or a dead letter; or there was none behind it to compare it with. */
        OVER,
        /** The peer takes others, and has refused it: it is back in the channel. */
        REFUSED
    }

    Probe(SinkContext context, PeerLink peer, DeadLetters deadLetters) {
        this.context = context;
        this.peer = peer;
        this.deadLetters = deadLetters;
    }

    /** Why the peer refused the event; null unless it has. */
    @Nullable
    Throwable refusal() {
        return refusal;
    }

    /** @throws DeliveryException if the peer does not take the event behind either */
    Verdict run() throws DeliveryException, InterruptedException {
        try (Transaction suspects = context.channel().begin();
                Transaction others = context.channel().begin()) {
            EventBatch suspect = suspects.take(1);
            EventBatch other = suspect == null ? null : others.take(1);
            if (suspect == null || other == null) {
                return Verdict.OVER;
            }
            Throwable failure = failure(others, other);
            if (failure != null) {
                throw new DeliveryException("2 events are back in the channel", failure);
            }
            others.commit();
            context.metrics().drainSuccesses.inc();
            refusal = failure(suspects, suspect);
            if (refusal == null) {
                suspects.commit();
                context.metrics().drainSuccesses.inc();
                return Verdict.OVER;
            }
            return judge(suspects, suspect, refusal);
        }
    }

    private Verdict judge(Transaction transaction, EventBatch event, Throwable why)
            throws DeliveryException, InterruptedException {
        EventReader reader = event.reader();
        reader.next();
        if (!deadLetters.failed(reader, "the peer takes other events and not this one: " + why.getMessage())) {
            return Verdict.REFUSED;
        }
        deadLetters.settle();
        transaction.commit();
        deadLetters.committed();
        return Verdict.OVER;
    }

    /** Sends the event and waits for the answer; null if the peer has it. */
    private @Nullable Throwable failure(Transaction transaction, EventBatch event)
            throws DeliveryException, InterruptedException {
        try {
            peer.connect();
        } catch (RelayException e) {
            throw new DeliveryException("no connection", e);
        }
        Load load = new Load(transaction.origin());
        load.add(event);
        context.metrics().drainAttempts.inc();
        try {
            peer.send(load).get();
            return null;
        } catch (ExecutionException e) {
            peer.close();
            context.metrics().eventWriteFails.inc();
            Throwable cause = e.getCause();
            return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        }
    }
}
