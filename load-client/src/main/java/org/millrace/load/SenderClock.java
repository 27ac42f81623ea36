package org.millrace.load;

import java.util.concurrent.locks.LockSupport;

/** The sender's time, and how it waits. {@link #wake}: any thread. {@link #park}: the sender. */
interface SenderClock {
    long nanoTime();

    /** Waits so long at most, or until somebody wakes it; it may return for no reason. */
    void park(long nanos) throws InterruptedException;

    /** Ends the sender's wait, or the next one if it does not wait now. */
    void wake();

    /** The machine's clock, for a sender that runs in this thread. */
    static SenderClock of(Thread sender) {
        return new SenderClock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void park(long nanos) throws InterruptedException {
                LockSupport.parkNanos(this, nanos);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }

            @Override
            public void wake() {
                LockSupport.unpark(sender);
            }
        };
    }
}
