package org.millrace.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is on its way, and how much may be. Those who wait for room get it in the order in which they came, and nobody overtakes them: so
 * a batch that must go alone has its turn, too. Thread-safe; nobody is called under its lock.
 */
final class InFlight {
    private final int maxBatches;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition allLeft = lock.newCondition();
    /** One for each who waits for room, in their order. */
    private final Deque<Condition> waiting = new ArrayDeque<>();

    private int batches;
    private long bytes;
    private boolean closed;
    private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

    InFlight(int maxBatches, long maxBytes) {
        this.maxBatches = maxBatches;
        this.maxBytes = maxBytes;
    }

    int batches() {
        lock.lock();
        try {
            return batches;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Done unless somebody would have been, or was, turned away; then it completes when there is some room again. */
    CompletableFuture<Void> room() {
        lock.lock();
        try {
            return room.copy();
        } finally {
            lock.unlock();
        }
    }

    /** False if there is no room now, or somebody waits for it. */
    boolean tryEnter(long size) {
        lock.lock();
        try {
            boolean entered = waiting.isEmpty() && take(size);
            if (!entered || !hasRoom()) {
                turnAway();
            }
            return entered;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for room. */
    void enter(long size) throws InterruptedException {
        lock.lock();
        Condition turn = lock.newCondition();
        waiting.add(turn);
        try {
            while (waiting.peek() != turn || !take(size)) {
                turnAway();
                turn.await();
            }
        } finally {
            waiting.remove(turn);
            CompletableFuture<Void> freed = freed();
            lock.unlock();
            freed.complete(null);
        }
    }

    void leave(long size) {
        CompletableFuture<Void> freed;
        lock.lock();
        try {
            batches--;
            bytes -= size;
            if (batches == 0) {
                allLeft.signalAll();
            }
            freed = freed();
        } finally {
            lock.unlock();
        }
        freed.complete(null);
    }

    /** Nobody enters any more; who waits for room is told. */
    void close() {
        lock.lock();
        try {
            closed = true;
            signalFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody enters any more; who waits for room is told. Returns when all have left, or the time has run out. */
    void closeAndAwait(long millis) throws InterruptedException {
        close();
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (batches > 0 && left > 0) {
                left = allLeft.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean take(long size) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        boolean fits = batches == 0 || (batches < maxBatches && bytes + size <= maxBytes);
        if (fits) {
            batches++;
            bytes += size;
        }
        return fits;
    }

    private boolean hasRoom() {
        return waiting.isEmpty() && batches < maxBatches && bytes < maxBytes;
    }

    private void turnAway() {
        if (room.isDone()) {
            room = new CompletableFuture<>();
        }
    }

    /** Lets the first one of those who wait look again. The future is to be completed without the lock. */
    private CompletableFuture<Void> freed() {
        signalFirst();
        if (hasRoom()) {
            return room;
        }
        turnAway();
        return CompletableFuture.completedFuture(null);
    }

    private void signalFirst() {
        Condition first = waiting.peek();
        if (first != null) {
            first.signal();
        }
    }
}
