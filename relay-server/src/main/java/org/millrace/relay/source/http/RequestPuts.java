package org.millrace.relay.source.http;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.codec.EventBatch;
import org.millrace.listener.InletFlush;
import org.millrace.listener.PendingBytes;

/** Takes the events of requests to the inlet, within what all may hold, and counts them. The event loop of the connection only. */
final class RequestPuts {
    private final EventLoop loop;
    private final Inlet inlet;
    private final InletFlush flush;
    private final PendingBytes held;
    private final long maxHeldBytes;
    private final HttpFigures figures;

    /** @param maxHeldBytes what {@code held} may become */
    RequestPuts(
            EventLoop loop, Inlet inlet, InletFlush flush, PendingBytes held, long maxHeldBytes, HttpFigures figures) {
        this.loop = loop;
        this.inlet = inlet;
        this.flush = flush;
        this.held = held;
        this.maxHeldBytes = maxHeldBytes;
        this.figures = figures;
    }

    /**
     * Puts a batch.
     *
     * @param batch taken over, whatever comes of it
     * @return done already, or completes on the event loop; fails as the inlet does
     * @throws BadRequestException if there is no memory for it now, or never
     */
    CompletableFuture<Void> put(EventBatch batch) throws BadRequestException {
        int events = batch.events();
        long bytes = PendingBytes.costOf(batch);
        if (!held.tryAdd(bytes)) {
            batch.release();
            throw bytes > maxHeldBytes
                    ? new BadRequestException(
                            HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "events of more than maxReceiveBytes")
                    : new BadRequestException(
                            HttpResponseStatus.SERVICE_UNAVAILABLE, "requests under way hold maxReceiveBytes");
        }
        figures.received(events);
        long begun = System.nanoTime();
        CompletableFuture<Void> stored = inlet.submitUnflushed(batch);
        flush.submitted();
        CompletableFuture<Void> told = new CompletableFuture<>();
        stored.whenComplete((done, failure) -> {
            Throwable cause = causeOf(failure);
            held.remove(bytes);
            count(events, begun, cause);
            tell(told, cause);
        });
        return told;
    }

    /** Any thread. */
    private void count(int events, long begun, @Nullable Throwable failure) {
        if (failure == null) {
            figures.accepted(events, System.nanoTime() - begun);
        } else if (failure instanceof ChannelException) {
            figures.notStored();
        } else {
            figures.broken();
        }
    }

    /** Any thread. */
    private void tell(CompletableFuture<Void> told, @Nullable Throwable failure) {
        if (loop.inEventLoop()) {
            complete(told, failure);
            return;
        }
        try {
            loop.execute(() -> complete(told, failure));
        } catch (RejectedExecutionException e) {
            return; // the source has ended, and nobody waits for an answer
        }
    }

    private static void complete(CompletableFuture<Void> told, @Nullable Throwable failure) {
        if (failure == null) {
            told.complete(null);
        } else {
            told.completeExceptionally(failure);
        }
    }

    private static @Nullable Throwable causeOf(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
