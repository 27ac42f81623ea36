package org.millrace.api.support;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Real time. Its thread exists only while the channel has been full of late. */
public final class DaemonTimer implements KeepAliveTimer {
    private static final long THREAD_IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor executor;

    public DaemonTimer(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(THREAD_IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void runAfter(long nanos, Runnable task) {
        executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
