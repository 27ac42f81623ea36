package org.millrace.load;

import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands still but for {@link #park}, which moves on to what happens next. The test's thread alone. */
final class FakeTime implements SenderClock {
    private final PriorityQueue<Happening> happenings =
            new PriorityQueue<>(Comparator.comparingLong(Happening::atNanos).thenComparing(Happening::order));

    private long now;
    private long order;
    private long stallFrom = Long.MAX_VALUE;
    private long stallNanos;

    private record Happening(long atNanos, long order, Runnable action) {}

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void park(long nanos) {
        long until = now + nanos;
        if (!happenings.isEmpty()) {
            until = Math.min(until, Math.max(now, happenings.peek().atNanos()));
        }
        if (now >= stallFrom) { // the sender sleeps on, whatever happens
            until = now + stallNanos;
            stallFrom = Long.MAX_VALUE;
        }
        while (!happenings.isEmpty() && happenings.peek().atNanos() <= until) {
            Happening next = happenings.remove();
            now = Math.max(now, next.atNanos());
            next.action().run();
        }
        now = until;
    }

    @Override
    public void wake() {}

    void at(long nanos, Runnable action) {
        happenings.add(new Happening(nanos, order++, action));
    }

    /** The sender's thread gets no processor for so long, from its first pause at or after this moment. */
    void stallSender(long fromNanos, long nanos) {
        stallFrom = fromNanos;
        stallNanos = nanos;
    }
}
