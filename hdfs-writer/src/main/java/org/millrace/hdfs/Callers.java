package org.millrace.hdfs;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/**
 * Who calls Hadoop for a sink, and how long a turn waits for them: no matter of its settings.
 *
 * @param threads makes them; the sink names them, and has them act as its user
 * @param patience a call that takes longer holds up its bucket alone
 */
record Callers(ThreadFactory threads, Duration patience) {
    static final Callers USUAL = new Callers(Thread::new, Duration.ofMillis(500));
}
