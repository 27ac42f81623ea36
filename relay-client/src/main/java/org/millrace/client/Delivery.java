package org.millrace.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * One batch on its way: its calls go to a host one after another, and when one fails, that one and those behind it go to the next.
 * What is acknowledged is not sent again. One thread at a time; no thread of its own.
 */
final class Delivery {
    private final List<EventBatch> calls;
    private final Origin origin;
    private final int events;
    private final Route route;
    private final TryListener listener;
    private final Runnable onEnd;
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();
    private final List<RelayException> failures = new ArrayList<>();

    private int acknowledgedCalls;
    private int acknowledgedEvents;
    private boolean isBroken;
    private boolean ended;

    /**
     * @param calls taken over; none is empty
     * @param origin of the first event: the same at every try
     * @param listener told of each try
     * @param onEnd run before the outcome is told
     */
    Delivery(List<EventBatch> calls, Origin origin, Route route, TryListener listener, Runnable onEnd) {
        this.calls = calls;
        this.origin = origin;
        this.events = calls.stream().mapToInt(EventBatch::events).sum();
        this.route = route;
        this.listener = listener;
        this.onEnd = onEnd;
    }

    /** Completes when every event is stored, or with an {@link AppendException}. */
    CompletableFuture<Void> outcome() {
        return outcome;
    }

    /** True if a try ran into something else than an answer. Once there is an outcome. */
    boolean sawTrouble() {
        return isBroken || failures.stream().anyMatch(failure -> !failure.isRefusal());
    }

    /** Does not throw. */
    void start() {
        orEnd(() -> tryNext(route.tries()));
    }

    /** Takes a step; whatever goes wrong there ends the delivery, of which nobody would hear otherwise. */
    private void orEnd(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            isBroken = true;
            end(new AppendException(acknowledgedEvents, events, e));
        }
    }

    private void tryNext(Route.Tries tries) {
        HostRing ring = tries.next();
        if (ring == null) {
            end(new AppendException(acknowledgedEvents, events, failures));
            return;
        }
        ring.connection()
                .whenComplete((link, failure) -> orEnd(() -> {
                    if (failure == null) {
                        sendRest(tries, ring, link);
                    } else {
                        failures.addAll(causesOf(failure));
                        tries.unreachable();
                        tryNext(tries);
                    }
                }));
    }

    private void sendRest(Route.Tries tries, HostRing ring, Link link) {
        if (acknowledgedCalls == calls.size()) {
            end(null);
            return;
        }
        EventBatch call = calls.get(acknowledgedCalls);
        CompletableFuture<Void> answered;
        try {
            answered = link.append(List.of(call), origin.plus(acknowledgedEvents));
        } catch (RuntimeException | Error e) { // no memory for its bytes, say
            answered = CompletableFuture.failedFuture(e);
        }
        answered.whenComplete((stored, failure) -> orEnd(() -> {
            if (failure == null) {
                acknowledgedCalls++;
                acknowledgedEvents += call.events();
                listener.tried(link.peer(), null);
                sendRest(tries, ring, link);
            } else {
                RelayException why = asRelayException(link, failure);
                failures.add(why);
                ring.failed(link, why);
                listener.tried(link.peer(), why);
                tryNext(tries);
            }
        }));
    }

    private void end(@Nullable AppendException failure) {
        if (ended) {
            return;
        }
        ended = true;
        calls.forEach(EventBatch::release);
        try {
            onEnd.run();
        } finally {
            if (failure == null) {
                outcome.complete(null);
            } else {
                outcome.completeExceptionally(failure);
            }
        }
    }

    private static List<RelayException> causesOf(Throwable failure) {
        if (unwrapped(failure) instanceof UnreachableException unreachable) {
            return unreachable.causes();
        }
        throw new IllegalStateException("a ring fails with an UnreachableException alone", failure);
    }

    private static RelayException asRelayException(Link link, Throwable failure) {
        Throwable cause = unwrapped(failure);
        return cause instanceof RelayException known
                ? known
                : new RelayException(link.peer(), "the call failed: " + cause, cause);
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
