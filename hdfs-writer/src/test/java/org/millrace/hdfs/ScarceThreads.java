package org.millrace.hdfs;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads of a system that has only so many left: beyond them none is made, with the words of the JDK. It fails as one is made, not as it
 * is started: a pool of JDK 25 starts its threads past {@link Thread#start}.
 */
final class ScarceThreads implements ThreadFactory {
    private final AtomicInteger left;

    ScarceThreads(int left) {
        this.left = new AtomicInteger(left);
    }

    static ScarceThreads plenty() {
        return new ScarceThreads(Integer.MAX_VALUE);
    }

    /** From now on there are so many more. */
    void leave(int more) {
        left.set(more);
    }

    @Override
    public Thread newThread(Runnable work) {
        if (left.getAndDecrement() <= 0) {
            throw new OutOfMemoryError(
                    "unable to create native thread: possibly out of memory or process/resource limits reached");
        }
        return new Thread(work);
    }
}
