package org.millrace.hdfs;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of a system that has only so many left: beyond them a start fails, with the words and in the place of the JDK. */
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
        return new Thread(work) {
            @Override
            public synchronized void start() {
                if (left.getAndDecrement() <= 0) {
                    throw new OutOfMemoryError(
                            "unable to create native thread: possibly out of memory or process/resource limits reached");
                }
                super.start();
            }
        };
    }
}
