package org.millrace.hdfs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A piece of work on a thread of {@link HadoopCalls}, and the sink's thread waiting for it. */
final class HadoopCall implements Runnable {
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final HadoopCalls.Work work;
    private final Duration timeout;
    /** Told of 1 when the call takes long, or is given up, and of -1 when it comes back after that. */
    private final IntConsumer hanging;

    private final LongSupplier nanoTime;

    private @Nullable Thread thread;
    private boolean begun;
    private boolean withdrawn;
    private boolean over;
    private boolean slow;
    private boolean givenUp;
    private @Nullable Throwable failure;
    /** The waiting thread was interrupted: its own affair once it has waited to the end. */
    private boolean interrupted;

    /** When the call under way began. */
    private long progressNanos;

    HadoopCall(HadoopCalls.Work work, Duration timeout, IntConsumer hanging, LongSupplier nanoTime) {
        this.work = work;
        this.timeout = timeout;
        this.hanging = hanging;
        this.nanoTime = nanoTime;
    }

    HadoopCalls.Work work() {
        return work;
    }

    @Override
    public void run() {
        if (!begin()) {
            return;
        }
        Throwable thrown = null;
        try {
            work.run();
        } catch (Throwable e) { // handed to the sink's thread
            thrown = e;
        }
        end(thrown);
    }

    /** False if it is not to be run: it was withdrawn, or queued twice by a pool that found no thread for it. */
    private synchronized boolean begin() {
        if (begun || withdrawn) {
            return false;
        }
        begun = true;
        thread = Thread.currentThread();
        HadoopCalls.enter(this);
        progressNanos = nanoTime.getAsLong();
        notifyAll();
        return true;
    }

    /** False if it has begun; else it never will. */
    synchronized boolean withdraw() {
        withdrawn = !begun;
        return withdrawn;
    }

    /**
     * Waits a moment for a thread to begin it; an interrupt does not shorten it, see {@link #wasInterrupted}.
     *
     * @return false if none has
     */
    synchronized boolean awaitBegin() {
        long end = System.nanoTime() + MOMENT_NANOS;
        for (long left = MOMENT_NANOS; !begun && left > 0; left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return begun;
    }

    private synchronized void end(@Nullable Throwable thrown) {
        HadoopCalls.leave();
        thread = null;
        failure = thrown;
        over = true;
        if (slow) {
            hanging.accept(-1);
        }
        if (givenUp) {
            Thread.interrupted(); // ours, if it came too late: not for the next piece of work
        }
        notifyAll();
    }

    /** A call has returned, and the next is about to be made. Asked once a chunk of some 100 KiB, so a lock is cheap enough. */
    synchronized void progressed() throws InterruptedIOException {
        if (givenUp) {
            throw new InterruptedIOException("given up after " + timeout.toMillis() + " ms");
        }
        progressNanos = nanoTime.getAsLong();
    }

    private synchronized boolean isOver() {
        return over;
    }

    /**
     * Waits for the end, once it has begun; an interrupt does not shorten it, see {@link #wasInterrupted}.
     *
     * @param patience with a single call into Hadoop; zero: without end
     * @return false if one takes longer than that
     * @throws CallTimeoutException if it was given up; its thread may still be in the call
     * @throws IOException what the work threw
     */
    synchronized boolean await(Duration patience) throws IOException {
        while (!over) {
            long untilTimeout = millisLeft(timeout);
            long untilSlow = millisLeft(patience);
            if (untilTimeout <= 0) {
                giveUp();
                throw new CallTimeoutException(
                        "a call to the file system takes longer than " + timeout.toMillis() + " ms", this::isOver);
            }
            if (untilSlow <= 0) {
                beSlow();
                return false;
            }
            try {
                wait(Math.min(untilTimeout, untilSlow));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        rethrow();
        return true;
    }

    /** Then {@link #await} does not wait. */
    synchronized boolean hasEndedOrTimedOut() {
        return over || millisLeft(timeout) <= 0;
    }

    /** True if whoever waited was interrupted meanwhile. */
    synchronized boolean wasInterrupted() {
        return interrupted;
    }

    private long millisLeft(Duration limit) {
        if (limit.isZero()) {
            return LONGEST_WAIT_MILLIS;
        }
        return limit.toMillis() - TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - progressNanos);
    }

    private void beSlow() {
        if (!slow) {
            slow = true;
            hanging.accept(1);
        }
    }

    private void giveUp() {
        givenUp = true;
        beSlow();
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void rethrow() throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IOException(failure.toString(), failure); // Hadoop tells much by unchecked exceptions
        }
    }
}
