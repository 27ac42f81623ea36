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

    private final HadoopCalls.Work work;
    private final Duration timeout;
    /** Told of 1 when the call takes long, or is given up, and of -1 when it comes back after that. */
    private final IntConsumer hanging;

    private final LongSupplier nanoTime;

    private @Nullable Thread thread;
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
        begin();
        Throwable thrown = null;
        try {
            work.run();
        } catch (Throwable e) { // handed to the sink's thread
            thrown = e;
        }
        end(thrown);
    }

    private synchronized void begin() {
        thread = Thread.currentThread();
        HadoopCalls.enter(this);
        progressNanos = nanoTime.getAsLong();
        notifyAll();
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
     * Waits for the end; an interrupt does not shorten it, see {@link #wasInterrupted}.
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
        if (limit.isZero() || thread == null) {
            return LONGEST_WAIT_MILLIS; // while it is queued, those in front of it are being waited for, or given up
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
