package org.millrace.relay.sink;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the agent tells a runner's thread and learns from it: to stop, to have a turn now, that a turn found nothing. Thread-safe.
 *
 * <p>Turns are numbered by the wishes that were made before they began, so that a wish is met only by a turn that began after it.
 */
final class RunnerSignals {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private @Nullable Thread runner;
    /** The runner is in a wait that an interrupt may end: never in a turn of its sink. */
    private boolean waiting;

    private boolean stopped;
    private boolean ended;
    private long wishes;
    private long metByIdleTurn;

    /** The calling thread is the runner's. */
    void runByThisThread() {
        locked(() -> runner = Thread.currentThread());
    }

    boolean isStopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    /** No more turns. */
    void stop() {
        locked(() -> {
            stopped = true;
            wake();
        });
    }

    /** The runner's thread is through; nobody needs to wait for it. */
    void ended() {
        locked(() -> {
            ended = true;
            changed.signalAll();
        });
    }

    /** The wishes that the turn about to begin will meet. */
    long beginTurn() {
        lock.lock();
        try {
            return wishes;
        } finally {
            lock.unlock();
        }
    }

    void turnWasIdle(long turn) {
        locked(() -> {
            metByIdleTurn = turn;
            changed.signalAll();
        });
    }

    /** True if the runner may wait for events now; then {@link #endWait} must follow. False if there is reason not to. */
    boolean beginWait(long turn) {
        lock.lock();
        try {
            waiting = !stopped && wishes == turn;
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** From here on nobody interrupts the runner; an interrupt that came too late for the wait is forgotten. */
    void endWait() {
        locked(() -> {
            waiting = false;
            Thread.interrupted();
        });
    }

    /** Waits, unless a stop or a wish comes first. */
    void pause(Duration time, long turn) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = time.toNanos();
            while (!stopped && wishes == turn && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wishes for a turn, and waits until one that met the wish found nothing to do. */
    boolean awaitIdleTurn(Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long mine = ++wishes;
            wake();
            long nanos = timeout.toNanos();
            while (metByIdleTurn < mine && !stopped && !ended && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return metByIdleTurn >= mine;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        changed.signalAll();
        if (waiting && runner != null) {
            runner.interrupt();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
