package org.millrace.relay.sink.avro;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Transaction;

/**
 * Events on their way to the peer: the transaction that holds them, and the answer to come.
 *
 * @param transaction ours to end
 * @param bytes of the events, encoded: about what its request takes of direct memory
 */
record Flight(Transaction transaction, int events, long bytes, CompletableFuture<Void> answered) {

    /** True once the peer has the events safely. */
    boolean hasArrived() {
        return answered.isDone() && !answered.isCompletedExceptionally();
    }

    void awaitAnswer() throws InterruptedException {
        try {
            answered.get();
        } catch (ExecutionException e) {
            // an answer, too: failure() tells
        }
    }

    /** Returns when there is an answer, or the time has run out. */
    void awaitAnswer(long nanos) throws InterruptedException {
        try {
            answered.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // whoever waited looks for itself
        }
    }

    /** Why the events have not arrived; null if they have, and while there is no answer, which may come at any moment. */
    @Nullable
    Throwable failure() {
        if (!answered.isCompletedExceptionally()) {
            return null;
        }
        try {
            answered.getNow(null);
            return null;
        } catch (CompletionException e) {
            return e.getCause() == null ? e : e.getCause();
        }
    }
}
