package org.millrace.relay.source.net;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that ask for the names of peers, which may block. So many, and no more in line than there is room for. Thread-safe. */
public final class NameLookups implements Executor, AutoCloseable {
    private static final int THREADS = 4;
    private static final int MAX_WAITING = 1000;

    private final ThreadPoolExecutor threads;

    /** Starts no thread before the first name is to be looked up. */
    public NameLookups(String source) {
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("source-" + source + "-names", true));
        threads.allowCoreThreadTimeOut(true);
    }

    /** @throws RejectedExecutionException with too much to do, or once closed */
    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    /** The name of an address; the address as text where it has none, or where there is too much to do. Completes on any thread. */
    public CompletableFuture<String> nameOf(InetAddress address) {
        try {
            return CompletableFuture.supplyAsync(address::getHostName, this);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(address.getHostAddress());
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
