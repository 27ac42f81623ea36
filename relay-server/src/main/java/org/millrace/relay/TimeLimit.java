package org.millrace.relay;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What may hang, and is not to hold up the end of the process. */
final class TimeLimit {
    /** For what is written to the log, and for closing it: an appender may hang. */
    static final Duration OF_LOG = Duration.ofSeconds(5);

    private TimeLimit() {}

    /** Runs it in a thread of its own, which is left to itself once it has taken too long, or whoever waits is interrupted. */
    static void run(String name, Duration most, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, most.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
