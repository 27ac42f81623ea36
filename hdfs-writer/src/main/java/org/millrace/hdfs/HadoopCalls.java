package org.millrace.hdfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that call into Hadoop, so that a call that hangs costs its file and not the sink. A piece of work may make many
 * calls and says {@link #progress} before each. Once one of them takes longer than the sink has patience, its thread is replaced until
 * it comes back, and the sink need not wait for it; once it takes longer than the time-out, the work is given up and its thread
 * interrupted. There are never more than twice as many threads as the pool is wide; while all of those hang, no more work is begun.
 * Where the system has fewer threads, those that there are do the work; what none is left for is not begun.
 *
 * <p>{@link #progress} is for the work itself, {@link #hanging} for any thread, all else for the sink's thread.
 */
final class HadoopCalls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HadoopCalls.class);
    private static final ThreadLocal<HadoopCall> CURRENT = new ThreadLocal<>();

    private final int threads;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final BlockingQueue<Runnable> queue;
    private final ThreadPoolExecutor pool;
    /** Work that takes long and was left to itself. */
    private final List<HadoopCall> underWay = new ArrayList<>();

    private int hanging;
    private boolean interrupted;

    /** What is to be done on a thread of the pool, and on the sink's thread once that has come to an end. */
    interface Work {
        /** Runs on a thread of the pool. */
        void run() throws IOException;

        /** It returned. */
        default void succeeded() {}

        /** It takes long, and is not waited for: what comes of it is told by {@link #collect}. Until then it is not to be touched. */
        default void slow() {}

        /**
         * It threw, or hangs: {@link CallTimeoutException}.
         *
         * @param begun false if it never ran, and never will
         */
        void failed(IOException cause, boolean begun);
    }

    /**
     * @param threads pieces of work at a time
     * @param timeout for each call; zero: none
     * @param factory makes the threads
     * @param nanoTime what calls are timed by, as {@link System#nanoTime}
     */
    HadoopCalls(int threads, Duration timeout, ThreadFactory factory, LongSupplier nanoTime) {
        this(threads, timeout, factory, nanoTime, new LinkedBlockingQueue<>());
    }

    /** @param queue where calls wait for a thread; has no bound but the heap's */
    HadoopCalls(
            int threads,
            Duration timeout,
            ThreadFactory factory,
            LongSupplier nanoTime,
            BlockingQueue<Runnable> queue) {
        this.threads = threads;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.queue = queue;
        this.pool = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, queue, factory);
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
        run(pieces, Duration.ZERO);
    }

    /**
     * As {@link #runAll}, but does not wait for work that takes long.
     *
     * @param patience with a single call; zero: without end
     */
    void run(List<? extends Work> pieces, Duration patience) {
        List<HadoopCall> submitted = new ArrayList<>(pieces.size());
        OutOfMemoryError full = null;
        try {
            submit(pieces, submitted);
        } catch (OutOfMemoryError e) { // what could be submitted is under way, and is to be waited for
            full = e;
        }
        try {
            endAll(submitted, patience);
        } finally {
            if (full != null) {
                notBegun(pieces.subList(submitted.size(), pieces.size()), full);
            }
        }
        if (full != null) {
            throw full;
        }
    }

    /**
     * Below its width the pool makes a thread for each, whether others are idle or not.
     *
     * @param submitted gets a call for each piece, in order
     * @throws OutOfMemoryError if the heap has no room for more of them
     */
    private void submit(List<? extends Work> pieces, List<HadoopCall> submitted) {
        boolean mayBeThreads = true;
        for (Work work : pieces) {
            HadoopCall call = new HadoopCall(work, timeout, this::changeHanging, nanoTime);
            try {
                mayBeThreads = mayBeThreads && execute(call);
                if (!mayBeThreads) { // those that there are take the rest, in order
                    queue.add(call);
                }
            } catch (OutOfMemoryError e) {
                if (call.withdraw()) {
                    throw e;
                }
            }
            submitted.add(call);
        }
    }

    /** False if the system has no thread for it. */
    private boolean execute(HadoopCall call) {
        try {
            pool.execute(call);
            return true;
        } catch (OutOfMemoryError e) {
            log.debug("a call has no thread of its own: {}", e.getMessage());
            return false;
        }
    }

    private static void notBegun(List<? extends Work> pieces, OutOfMemoryError why) {
        for (Work work : pieces) {
            work.failed(new IOException("a call to the file system cannot be begun: " + why.getMessage(), why), false);
        }
    }

    /** Tells of work that was left to itself what has become of it meanwhile. */
    void collect() {
        List<HadoopCall> over =
                underWay.stream().filter(HadoopCall::hasEndedOrTimedOut).toList();
        underWay.removeAll(over);
        endAll(over, Duration.ZERO);
    }

    /** Waits for all work that was left to itself, and tells it. */
    void collectAll() {
        List<HadoopCall> all = List.copyOf(underWay);
        underWay.clear();
        endAll(all, Duration.ZERO);
    }

    /** True if there is work that was left to itself. */
    boolean isUnderWay() {
        return !underWay.isEmpty();
    }

    private void endAll(List<HadoopCall> calls, Duration patience) {
        Error broken = null;
        for (HadoopCall call : calls) {
            try {
                end(call, patience);
            } catch (Error e) { // the other pieces are to be told all the same
                broken = broken == null ? e : broken;
            }
        }
        if (broken != null) {
            throw broken;
        }
    }

    private void end(HadoopCall call, Duration patience) {
        try {
            String why = whyNotBegun(call, patience);
            if (why != null) {
                call.work().failed(new IOException(why), false);
                return;
            }
            if (!call.await(patience)) {
                underWay.add(call);
                call.work().slow();
                return;
            }
        } catch (IOException e) {
            call.work().failed(e, true);
            return;
        } catch (Error e) { // whose work it is has to know what it did not bring about
            call.work().failed(new IOException(e.toString(), e), true);
            throw e;
        } finally {
            interrupted |= call.wasInterrupted();
        }
        call.work().succeeded();
    }

    /** Those before it have ended or hang: it begins at once, unless there is no thread for it. Null if it has begun. */
    private @Nullable String whyNotBegun(HadoopCall call, Duration patience) {
        do {
            int hangingNow = hanging();
            String why = null;
            if (hangingNow >= mostHanging(patience)) {
                why = hangingNow + " calls to the file system hang; no more are made until some of them return";
            } else if (pool.getPoolSize() <= hangingNow) {
                why = "the system has no thread for a call to the file system"
                        + (hangingNow == 0 ? "" : ", and " + hangingNow + " calls hang");
            }
            if (why != null && call.withdraw()) {
                queue.remove(call);
                return why;
            }
        } while (!call.awaitBegin());
        return null;
    }

    /** With so many, what is queued is not begun. Who waits for each call to its end does not wait for a second row of calls that hang. */
    private int mostHanging(Duration patience) {
        return patience.isZero() ? threads : 2 * threads;
    }

    /** Calls that take long, or were given up, and have not come back. */
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
            try {
                pool.setCorePoolSize(width);
            } catch (OutOfMemoryError e) { // concerns what is queued, not what hangs
                log.debug("{} calls hang, and one of them is not replaced: {}", hanging, e.getMessage());
            }
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
