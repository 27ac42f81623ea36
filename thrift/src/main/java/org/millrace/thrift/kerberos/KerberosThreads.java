package org.millrace.thrift.kerberos;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where sources read what their peers show, off the event loops. The process's own, daemons that end when there is nothing to do. Each
 * connection has one task at a time here, so there are no more in the queue than connections.
 */
final class KerberosThreads {
    private static final int MOST_THREADS =
            Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors()));
    private static final long IDLE_SECONDS = 10;

    static final ThreadPoolExecutor EXECUTOR = executor();

    private KerberosThreads() {}

    private static ThreadPoolExecutor executor() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                MOST_THREADS, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "kerberos");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
