package org.millrace.tls;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where handshakes are computed and changed stores are read, off the event loops. The process's own, daemons that end when there is nothing to
 * do. No more waits in the queue than there are handshakes under way, each of which has one task at a time.
 */
final class TlsThreads {
    private static final int MOST_THREADS =
            Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors()));
    private static final long IDLE_SECONDS = 10;

    static final ThreadPoolExecutor EXECUTOR = executor();

    private TlsThreads() {}

    private static ThreadPoolExecutor executor() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MOST_THREADS, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "tls");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
