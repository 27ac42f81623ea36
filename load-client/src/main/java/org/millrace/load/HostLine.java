package org.millrace.load;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.millrace.client.AppendException;
import org.millrace.client.RelayAddress;
import org.millrace.client.RelayClient;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * A line over the client library: to one host or several, by its rules. What fails is sent again, with the same numbers of this line's,
 * as long as {@link HostRules} say. Each line is a sender of its own, so that what a host gets from it has few gaps. Thread-safe.
 */
final class HostLine implements Line {
    private final RelayClient client;
    private final HostRules rules;
    private final UUID id = UUID.randomUUID();
    private final AtomicLong nextSequence = new AtomicLong();

    /** Since when hosts have not been heard of, that batches were lost at; guarded by itself. */
    private final Map<RelayAddress, Long> lostAtNanos = new HashMap<>();

    /** The one that acked last, or the first one that was lost; guarded by the same. */
    private @Nullable RelayAddress lastHost;

    private volatile boolean open = true;

    HostLine(RelayClient client, HostRules rules) {
        this.client = client;
        this.rules = rules;
    }

    @Override
    public CompletableFuture<Void> append(EventBatch batch, long first) {
        Origin origin = new Origin(id, nextSequence.getAndAdd(batch.events()));
        BatchTries tries = new BatchTries(this, rules, batch.retain(), first, origin);
        tries.start();
        return tries.outcome();
    }

    RelayClient client() {
        return client;
    }

    /** A batch was lost at a host: it broke off, or gave no answer. */
    void lost(RelayAddress host) {
        long now = rules.nanoTime().getAsLong();
        synchronized (lostAtNanos) {
            lostAtNanos.putIfAbsent(host, now);
            lastHost = lastHost == null ? host : lastHost;
        }
    }

    /**
     * A host has acked a batch.
     *
     * @param lostAt where it was lost before
     * @param startedNanos when it was first sent: the loss of a host on which nothing was on its way is noticed then
     */
    void acked(RelayAddress host, Iterable<RelayAddress> lostAt, long startedNanos) {
        synchronized (lostAtNanos) {
            lostAtNanos.remove(host);
            RelayAddress before = lastHost;
            lastHost = host;
            if (rules.isFailover()) {
                if (before != null && !before.equals(host)) {
                    Long since = lostAtNanos.remove(before);
                    failedOver(since == null ? startedNanos : since);
                }
                return;
            }
            for (RelayAddress lost : lostAt) {
                Long since = lostAtNanos.remove(lost);
                if (since != null) {
                    failedOver(since);
                }
            }
        }
    }

    private void failedOver(long since) {
        rules.hops().failedOver(rules.nanoTime().getAsLong() - since);
    }

    /** A batch is given up. If its hosts could not even be asked, somebody has to look after the connection. */
    void gaveUp(AppendException last) {
        if (!last.isRefusal()) {
            open = false;
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        client.closeNow();
    }
}
