package org.millrace.client;

import java.util.concurrent.CompletableFuture;

/** What is on its way, and how much may be. Thread-safe; nobody is called under its monitor. */
final class InFlight {
    private final int maxBatches;
    private final long maxBytes;

    private int batches;
    private long bytes;
    private boolean closed;
    private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);

    InFlight(int maxBatches, long maxBytes) {
        this.maxBatches = maxBatches;
        this.maxBytes = maxBytes;
    }

    synchronized int batches() {
        return batches;
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Done unless somebody would have been, or was, turned away; then it completes when there is some room again. */
    synchronized CompletableFuture<Void> room() {
        return room.copy();
    }

    synchronized boolean hasRoom() {
        return batches < maxBatches && bytes < maxBytes;
    }

    /** False if there is no room now. */
    synchronized boolean tryEnter(long size) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        boolean fits = batches == 0 || (batches < maxBatches && bytes + size <= maxBytes);
        if (fits) {
            batches++;
            bytes += size;
        }
        if ((!fits || !hasRoom()) && room.isDone()) {
            room = new CompletableFuture<>();
        }
        return fits;
    }

    /** Waits for room. */
    synchronized void enter(long size) throws InterruptedException {
        while (!tryEnter(size)) {
            wait();
        }
    }

    void leave(long size) {
        CompletableFuture<Void> freed;
        synchronized (this) {
            batches--;
            bytes -= size;
            notifyAll();
            if (!hasRoom()) {
                return;
            }
            freed = room;
        }
        freed.complete(null);
    }

    /** Nobody enters any more; who waits for room is told. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Nobody enters any more; who waits for room is told. Returns when all have left, or the time has run out. */
    synchronized void closeAndAwait(long millis) throws InterruptedException {
        close();
        long deadline = System.nanoTime() + millis * 1_000_000;
        long left = millis;
        while (batches > 0 && left > 0) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
    }
}
