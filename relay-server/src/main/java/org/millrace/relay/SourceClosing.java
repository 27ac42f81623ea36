package org.millrace.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.millrace.relay.config.Assembly.SourcePart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of several sources, side by side: each waits for what it has in flight, and where its channels are full, for as long as it may.
 * Where the system has no thread for one, it is closed by who closes them all.
 */
final class SourceClosing {
    private static final Logger log = LoggerFactory.getLogger(SourceClosing.class);

    /** More than any of ours takes: a source with a loop waits twice for 10 s. */
    static final Duration MOST = Duration.ofSeconds(25);

    private SourceClosing() {}

    /**
     * Closes all of them with their routes. One that takes too long is interrupted and left to itself.
     *
     * @return those that are still open or broke as they closed, in words
     */
    static List<String> closeAll(List<SourcePart> sources) {
        return closeAll(sources, MOST);
    }

    /** @param most that all of them may take together */
    static List<String> closeAll(List<SourcePart> sources, Duration most) {
        Deadline deadline = Deadline.in(most);
        Map<SourcePart, Boolean> closed = new ConcurrentHashMap<>(); // whether cleanly
        Map<SourcePart, Thread> closing = new LinkedHashMap<>();
        for (SourcePart source : sources) {
            try {
                closing.put(source, beginToClose(source, closed));
            } catch (OutOfMemoryError e) {
                log.warn("source {} is closed without a thread of its own: {}", source.name(), e.toString());
                closed.put(source, RunningParts.close(source));
            }
        }
        closing.values().forEach(thread -> await(thread, deadline));
        List<String> flaws = new ArrayList<>();
        for (SourcePart source : sources) {
            Boolean isClean = closed.get(source);
            if (isClean == null) {
                log.error("source {} has not closed in {} ms; it is left as it is", source.name(), most.toMillis());
                flaws.add("source " + source.name() + " is still open");
            } else if (!isClean) {
                flaws.add("source " + source.name() + " did not close cleanly");
            }
        }
        return flaws;
    }

    private static Thread beginToClose(SourcePart source, Map<SourcePart, Boolean> closed) {
        Thread thread = new Thread(() -> closed.put(source, RunningParts.close(source)), "close-" + source.name());
        thread.setDaemon(true); // one that hangs must not keep the process
        thread.start();
        return thread;
    }

    private static void await(Thread closing, Deadline deadline) {
        boolean interrupted = false;
        while (closing.isAlive() && !deadline.isOver()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(closing, deadline.left().toNanos());
            } catch (InterruptedException e) {
                interrupted = true;
                closing.interrupt(); // whoever closes us is in a hurry
            }
        }
        if (closing.isAlive()) {
            closing.interrupt();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
