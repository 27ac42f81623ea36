package org.millrace.durable.storage;

import java.util.concurrent.CountDownLatch;

/** A disk that does not answer, until a test lets it. */
public final class Stall {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    /** Waits until an operation waits. */
    public void awaitArrival() throws InterruptedException {
        arrived.await();
    }

    /** Lets all go on that wait, and all that come. */
    public void open() {
        opened.countDown();
    }

    void await() {
        arrived.countDown();
        boolean interrupted = false;
        while (opened.getCount() > 0) {
            try {
                opened.await();
            } catch (InterruptedException e) {
                interrupted = true; // a disk does not care
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
