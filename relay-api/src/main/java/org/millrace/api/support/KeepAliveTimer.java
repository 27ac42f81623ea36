package org.millrace.api.support;

/** The passing of time, for puts that wait. A test has its own. */
public interface KeepAliveTimer {
    /** Nanoseconds since some moment; never runs backwards. */
    long nanoTime();

    /** Runs the task once, later, on a thread that it must not hold up. */
    void runAfter(long nanos, Runnable task);

    /** Forgets all tasks. */
    void close();
}
