package org.millrace.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to one of some hosts, for all calls together. It is made when it is asked for; once a try over it has failed, the
 * next one is to the next host, in a ring. Thread-safe: its state is guarded by its monitor, and nobody is called under that.
 */
final class HostRing {
    private final List<RelayAddress> hosts;
    private final Link.Maker links;
    private final boolean keepsAfterRefusal;
    private final Runnable onFailure;

    /** Who asked for the connection while it is made, and has not got it yet. */
    private final Deque<CompletableFuture<Link>> waiting = new ArrayDeque<>();

    private int lastUsed = -1;
    private @Nullable Link current;
    /** True from the moment that a connection is needed until nobody waits for it any more. */
    private boolean isConnecting;

    private boolean closed;

    /**
     * @param keepsAfterRefusal whether a host that says no is asked again over the same connection: there is no other
     * @param onFailure told once of each connection that failed, and of each time that no host could be reached
     */
    HostRing(List<RelayAddress> hosts, Link.Maker links, boolean keepsAfterRefusal, Runnable onFailure) {
        this.hosts = hosts;
        this.links = links;
        this.keepsAfterRefusal = keepsAfterRefusal;
        this.onFailure = onFailure;
    }

    /**
     * The connection. Completes with an {@link UnreachableException} if no host can be reached: each was tried once. Those who wait
     * for it get it in the order in which they asked, before anybody who comes later.
     */
    CompletableFuture<Link> connection() {
        CompletableFuture<Link> wanted = new CompletableFuture<>();
        Walk walk = null;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(closedMeanwhile());
            }
            if (!isConnecting && current != null && current.isOpen()) {
                return CompletableFuture.completedFuture(current);
            }
            waiting.add(wanted);
            if (!isConnecting) {
                isConnecting = true;
                walk = new Walk(lastUsed + 1);
            }
        }
        if (walk != null) {
            walk.tryNext();
        }
        return wanted;
    }

    /** A try over the connection has failed. The calls that are on their way over it are still answered, if they can be. */
    void failed(Link link, RelayException why) {
        synchronized (this) {
            boolean isSeenTo = current != link;
            if (isSeenTo || (keepsAfterRefusal && why.isRefusal())) {
                return;
            }
            current = null;
        }
        link.finish();
        onFailure.run();
    }

    /** Closes the connection; calls over it fail, those who wait for one, too, and there is no other. */
    void close() {
        Link closing;
        synchronized (this) {
            closed = true;
            closing = current;
            current = null;
        }
        if (closing != null) {
            closing.close();
        }
        failWaiting(closedMeanwhile());
    }

    private UnreachableException closedMeanwhile() {
        return new UnreachableException(List.of(new RelayException(hosts.get(0), "the client is closed")));
    }

    /** Hands the new connection to those who wait for it. */
    private void reached(int host, Link link) {
        synchronized (this) {
            lastUsed = host;
            current = closed ? null : link;
        }
        while (true) {
            CompletableFuture<Link> next;
            synchronized (this) {
                if (current != link) {
                    break;
                }
                next = waiting.poll();
                if (next == null) {
                    isConnecting = false;
                    return;
                }
            }
            next.complete(link);
        }
        lost(link);
    }

    /** The connection has failed those who had it first, or we were closed: the others get another one, or none. */
    private void lost(Link link) {
        Walk walk = null;
        boolean isTooLate;
        synchronized (this) {
            isTooLate = closed;
            isConnecting = !waiting.isEmpty();
            if (isConnecting && !closed) {
                walk = new Walk(lastUsed + 1);
            }
        }
        if (isTooLate) {
            link.close();
            failWaiting(closedMeanwhile());
        } else if (walk != null) {
            walk.tryNext();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void failWaiting(UnreachableException why) {
        List<CompletableFuture<Link>> failing;
        synchronized (this) {
            isConnecting = false;
            failing = List.copyOf(waiting);
            waiting.clear();
        }
        failing.forEach(wanted -> wanted.completeExceptionally(why));
    }

    private static RelayException asRelayException(RelayAddress host, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RelayException known
                ? known
                : new RelayException(host, "cannot connect: " + cause, cause);
    }

    /** Once round the ring, until a host accepts. */
    private final class Walk {
        private final int start;
        private final List<RelayException> causes = new ArrayList<>();

        Walk(int start) {
            this.start = start;
        }

        void tryNext() {
            int host = (start + causes.size()) % hosts.size();
            connect(hosts.get(host)).whenComplete((link, failure) -> {
                if (failure == null) {
                    reached(host, link);
                } else {
                    notReached(asRelayException(hosts.get(host), failure));
                }
            });
        }

        private CompletableFuture<Link> connect(RelayAddress host) {
            try {
                return links.connect(host);
            } catch (RuntimeException | Error e) { // no thread, say: those who wait are to hear of it
                return CompletableFuture.failedFuture(e);
            }
        }

        private void notReached(RelayException cause) {
            causes.add(cause);
            if (causes.size() < hosts.size() && !isClosed()) {
                tryNext();
            } else {
                onFailure.run();
                failWaiting(new UnreachableException(causes));
            }
        }
    }
}
