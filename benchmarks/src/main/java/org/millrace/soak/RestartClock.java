package org.millrace.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long it took from each start of an agent after a blow until it acked a batch. Thread-safe. */
final class RestartClock {
    private final List<Long> nanos = new ArrayList<>();
    private long struckAt = System.nanoTime();
    private boolean isWaiting = true;
    private boolean isFirst = true;

    /** The agent is dead, and starts again now. */
    synchronized void struck() {
        struckAt = System.nanoTime();
        isWaiting = true;
    }

    /** A batch was acked over a connection that was open since then. What the dead one had acked does not count. */
    synchronized void acked(long openedAt) {
        if (!isWaiting || openedAt - struckAt < 0) {
            return;
        }
        if (!isFirst) { // the very first start came after no blow
            nanos.add(System.nanoTime() - struckAt);
        }
        isWaiting = false;
        isFirst = false;
    }

    /** True if the agent that runs now has acked a batch. */
    synchronized boolean isBack() {
        return !isWaiting;
    }

    /** The middle one so far; a second before there is one. */
    synchronized Duration median() {
        return nanos.isEmpty() ? Duration.ofSeconds(1) : Duration.ofNanos(sorted().get(nanos.size() / 2));
    }

    private List<Long> sorted() {
        return nanos.stream().sorted().toList();
    }

    @Override
    public synchronized String toString() {
        if (nanos.isEmpty()) {
            return "no restart measured";
        }
        List<Long> sorted = sorted();
        return String.format(
                Locale.ROOT,
                "min %.2f s, median %.2f s, max %.2f s (%d restarts)",
                sorted.get(0) / 1e9,
                sorted.get(sorted.size() / 2) / 1e9,
                sorted.get(sorted.size() - 1) / 1e9,
                sorted.size());
    }
}
