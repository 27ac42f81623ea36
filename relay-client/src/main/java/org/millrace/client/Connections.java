package org.millrace.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes connections for callers that must not block: names are looked up on threads of their own. Thread-safe. */
final class Connections implements Link.Maker {
    private final ConnectionSettings settings;
    private final EventLoops loops;

    Connections(ConnectionSettings settings, EventLoops loops) {
        this.settings = settings;
        this.loops = loops;
    }

    @Override
    public CompletableFuture<Link> connect(RelayAddress host) {
        return CompletableFuture.supplyAsync(() -> RelayConnection.connect(host, settings, loops), Lookups.THREADS)
                .thenCompose(connecting -> connecting)
                .thenApply(connection -> connection);
    }

    /**
     * The process's own, daemons that end when there is nothing to look up. No more waits in the queue than there are hosts: each has
     * at most one connection in the making per client.
     */
    private static final class Lookups {
        private static final int MOST_THREADS = 4;
        private static final long IDLE_SECONDS = 10;

        static final ThreadPoolExecutor THREADS = threads();

        private static ThreadPoolExecutor threads() {
            ThreadPoolExecutor threads = new ThreadPoolExecutor(
                    MOST_THREADS, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                        Thread thread = new Thread(task, "relay-client-lookup");
                        thread.setDaemon(true);
                        return thread;
                    });
            threads.allowCoreThreadTimeOut(true);
            return threads;
        }
    }
}
