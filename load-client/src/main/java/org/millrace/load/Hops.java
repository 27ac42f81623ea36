package org.millrace.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What happens between a run and its hosts beyond answers: batches sent again, hosts changed. Thread-safe. */
final class Hops {
    private final AtomicLong retries = new AtomicLong();
    private final Histogram failovers = Figures.emptyHistogram();

    /** A batch has failed at a host, and is sent again, there or elsewhere. */
    void retried() {
        retries.incrementAndGet();
    }

    /** A connection has got its first ack at another host so long after it had lost one. */
    void failedOver(long nanos) {
        synchronized (failovers) {
            Figures.record(failovers, nanos);
        }
    }

    /** Moves what was counted to a second's figures. */
    void moveTo(Figures second) {
        second.retries += retries.getAndSet(0);
        synchronized (failovers) {
            if (failovers.getTotalCount() > 0) {
                second.failoverNanos.add(failovers);
                failovers.reset();
            }
        }
    }
}
