package org.millrace.load;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.millrace.client.AppendException;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;
import org.millrace.ledger.Fate;

/** All tries of one batch, until it is acked or its time is over. One thread at a time: whichever brings the news. */
final class BatchTries {
    /** More are not needed to tell where a batch has been. */
    private static final int MOST_NOTED = 32;

    private final HostLine line;
    private final HostRules rules;
    private final EventBatch batch;
    private final long first;
    private final Origin origin;
    private final CompletableFuture<Void> outcome = new CompletableFuture<>();
    private final List<Integer> tried = new ArrayList<>();
    private final Set<RelayAddress> lostAt = new LinkedHashSet<>();
    private final long startedNanos;
    private boolean failedBefore;
    private long giveUpAtNanos;

    /**
     * @param batch taken over
     * @param first the number of its first event in the run
     * @param origin the same at every try
     */
    BatchTries(HostLine line, HostRules rules, EventBatch batch, long first, Origin origin) {
        this.line = line;
        this.rules = rules;
        this.batch = batch;
        this.first = first;
        this.origin = origin;
        this.startedNanos = rules.nanoTime().getAsLong();
    }

    /** Completes when a host has the batch, or with an {@link UndeliveredException}. */
    CompletableFuture<Void> outcome() {
        return outcome;
    }

    void start() {
        Optional<CompletableFuture<Void>> sent;
        try {
            sent = line.client().tryAppend(batch, origin, this::tried);
        } catch (IllegalStateException e) { // closed meanwhile
            end(e);
            return;
        }
        sent.orElseThrow(() -> new IllegalStateException("the client has as many places as the line"))
                .whenComplete((stored, failure) -> {
                    if (failure == null) {
                        end(null);
                    } else {
                        failed(Failures.cause(failure));
                    }
                });
    }

    private void tried(RelayAddress host, @Nullable RelayException failure) {
        note(rules.hosts().indexOf(host));
        if (failure == null) {
            line.acked(host, lostAt, startedNanos);
            return;
        }
        rules.hops().retried();
        if (!failure.isRefusal()) {
            lostAt.add(host);
            line.lost(host);
        }
    }

    /** Three in a row at the same host tell no more than two. */
    private void note(int host) {
        int size = tried.size();
        boolean tellsNothing = size >= 2 && tried.get(size - 1) == host && tried.get(size - 2) == host;
        if (size < MOST_NOTED && !tellsNothing) {
            tried.add(host);
        }
    }

    private void failed(Throwable failure) {
        long now = rules.nanoTime().getAsLong();
        if (!failedBefore) {
            failedBefore = true;
            giveUpAtNanos = now + rules.retry().toNanos();
        }
        if (line.isOpen() && now - giveUpAtNanos < 0) {
            rules.later().execute(this::start);
            return;
        }
        if (failure instanceof AppendException last) {
            line.gaveUp(last);
        }
        end(failure);
    }

    private void end(@Nullable Throwable failure) {
        boolean refused = lostAt.isEmpty();
        Fate fate = failure == null ? Fate.ACKED : refused ? Fate.REFUSED : Fate.UNKNOWN;
        rules.ended(first, batch.events(), fate, tried);
        batch.release();
        if (failure == null) {
            outcome.complete(null);
        } else {
            outcome.completeExceptionally(
                    new UndeliveredException(String.valueOf(failure.getMessage()), failure, refused));
        }
    }
}
