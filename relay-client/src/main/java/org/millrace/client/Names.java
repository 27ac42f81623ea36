package org.millrace.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up for callers that must not block. A look-up cannot be broken off and may take minutes, so each has a thread of its own: one
 * name that hangs holds up no other. Who asks for a name that is being looked up waits for that look-up, so there are no more threads
 * than names. Thread-safe.
 */
final class Names {
    private static final long IDLE_SECONDS = 10;

    /** The process's own, daemons that end when there is nothing to look up. */
    static final Names OF_SYSTEM = new Names(InetAddress::getAllByName, daemons());

    private final Lookup lookup;
    private final Executor threads;
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();

    /** Finds a host's addresses; may block. */
    interface Lookup {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    Names(Lookup lookup, Executor threads) {
        this.lookup = lookup;
        this.threads = threads;
    }

    /** For what else may block, for a moment. */
    Executor threads() {
        return threads;
    }

    /** Completes with at least one address, or with what the look-up, or its thread, failed with. */
    CompletableFuture<List<InetAddress>> addressesOf(String host) {
        CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> before = running.putIfAbsent(host, found);
        if (before != null) {
            return before.copy();
        }
        try {
            threads.execute(() -> lookUp(host, found));
        } catch (RuntimeException | Error e) { // no thread, say
            running.remove(host);
            found.completeExceptionally(e);
        }
        return found.copy();
    }

    private void lookUp(String host, CompletableFuture<List<InetAddress>> found) {
        try {
            List<InetAddress> addresses = List.of(lookup.addressesOf(host));
            running.remove(host);
            found.complete(addresses);
        } catch (UnknownHostException | RuntimeException | Error e) {
            running.remove(host);
            found.completeExceptionally(e);
        }
    }

    private static Executor daemons() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "relay-client-lookup");
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
