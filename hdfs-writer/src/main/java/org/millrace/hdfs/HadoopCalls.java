package org.millrace.hdfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The threads that call into Hadoop, so that a call that hangs costs its file and not the sink. A piece of work may make many
 * calls and says {@link #progress} before each; it is given up once one of them takes longer than the time-out. Its thread is
 * interrupted and, until it comes back, replaced; while as many threads hang as the pool is wide, no more work is begun. So there
 * are never more than twice as many threads as the pool is wide.
 *
 * <p>{@link #progress} is for the work itself, {@link #hanging} for any thread, all else for the sink's thread.
 */
final class HadoopCalls implements AutoCloseable {
    private static final ThreadLocal<HadoopCall> CURRENT = new ThreadLocal<>();

    private final int threads;
    private final Duration timeout;
    private final ThreadPoolExecutor pool;
    private int hanging;
    private boolean interrupted;

    /** What is to be done on a thread of the pool, and on the sink's thread once that has come to an end. */
    interface Work {
        /** Runs on a thread of the pool. */
        void run() throws IOException;

        /** It returned. */
        default void succeeded() {}

        /**
         * It threw, or hangs: {@link CallTimeoutException}.
         *
         * @param begun false if it never ran, and never will
         */
        void failed(IOException cause, boolean begun);
    }

    /**
     * @param name what the threads are called
     * @param threads pieces of work at a time
     * @param timeout for each call; zero: none
     * @param asUser makes what a thread does the doing of a user of Hadoop's
     */
    HadoopCalls(String name, int threads, Duration timeout, UnaryOperator<Runnable> asUser) {
        this.threads = threads;
        this.timeout = timeout;
        this.pool =
                new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(asUser.apply(work), name);
                    thread.setDaemon(true); // one that hangs for ever must not keep the agent from ending
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Said by work before each of its calls into Hadoop. On a thread of another's it does nothing.
     *
     * @throws InterruptedIOException if the work was given up: it must not begin anything more
     */
    static void progress() throws InterruptedIOException {
        HadoopCall call = CURRENT.get();
        if (call != null) {
            call.progressed();
        }
    }

    /** Runs all pieces, several at a time, and tells each how it ended; returns when all have ended or were given up. */
    void runAll(List<? extends Work> pieces) {
        List<HadoopCall> calls = new ArrayList<>(pieces.size());
        for (Work work : pieces) {
            HadoopCall call = new HadoopCall(work, timeout, this::changeHanging);
            calls.add(call);
            pool.execute(call);
        }
        Error broken = null;
        for (HadoopCall call : calls) {
            try {
                finish(call);
            } catch (Error e) { // the other pieces are to be told all the same
                broken = broken == null ? e : broken;
            }
        }
        if (broken != null) {
            throw broken;
        }
    }

    private void finish(HadoopCall call) {
        try {
            if (hanging() >= threads && pool.remove(call)) {
                String why = hanging() + " calls to the file system hang; no more are made until some of them return";
                call.work().failed(new IOException(why), false);
                return;
            }
            call.await();
        } catch (IOException e) {
            call.work().failed(e, true);
            return;
        } finally {
            interrupted |= call.wasInterrupted();
        }
        call.work().succeeded();
    }

    /** Calls that were given up and have not come back. */
    synchronized int hanging() {
        return hanging;
    }

    /** True, once, if the sink's thread was interrupted while it waited: waiting goes on, since work under way is never left. */
    boolean clearInterrupted() {
        boolean was = interrupted;
        interrupted = false;
        return was;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    private synchronized void changeHanging(int change) {
        hanging += change;
        int width = threads + Math.min(hanging, threads);
        if (change > 0) { // the pool wants its core size never above its maximum
            pool.setMaximumPoolSize(width);
            pool.setCorePoolSize(width);
        } else {
            pool.setCorePoolSize(width);
            pool.setMaximumPoolSize(width);
        }
    }

    /** Makes {@link #progress} on this thread that of the call. */
    static void enter(HadoopCall call) {
        CURRENT.set(call);
    }

    static void leave() {
        CURRENT.remove();
    }
}
