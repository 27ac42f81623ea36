package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The seconds of a run, in bounded memory: when there are too many, two at a time become one, which keeps the sums of its counts and the
 * highest of its latencies. In a search, those of the last run. The sender's thread.
 */
final class History implements LoadListener {
    static final int MOST_POINTS = 600;

    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final List<Point> points = new ArrayList<>();
    private long firstNanos;
    private int secondsPerPoint = 1;
    private int secondsInLast;

    /**
     * One or more seconds of what was measured.
     *
     * @param fromNanos since the first of them
     * @param batches that were acked, or never sent
     * @param p50Nanos 0 without batches, as are the next two
     */
    record Point(
            long fromNanos,
            long toNanos,
            long ackedEvents,
            long failedEvents,
            long reconnects,
            int inFlight,
            long batches,
            long p50Nanos,
            long p99Nanos,
            long maxNanos) {
        double ackedPerSecond() {
            return ackedEvents / Math.max(1e-9, (toNanos - fromNanos) / 1e9);
        }

        private Point with(Point next) {
            return new Point(
                    fromNanos,
                    next.toNanos,
                    ackedEvents + next.ackedEvents,
                    failedEvents + next.failedEvents,
                    reconnects + next.reconnects,
                    next.inFlight,
                    batches + next.batches,
                    Math.max(p50Nanos, next.p50Nanos),
                    Math.max(p99Nanos, next.p99Nanos),
                    Math.max(maxNanos, next.maxNanos));
        }
    }

    @Override
    public void begin(double eventsPerSecond) {
        points.clear();
        secondsPerPoint = 1;
        secondsInLast = 0;
    }

    @Override
    public void second(Second second) {
        if (!second.measured()) {
            return;
        }
        if (points.isEmpty()) {
            firstNanos = second.endNanos() - second.nanos();
        }
        Point point = point(second);
        boolean isRest = second.nanos() < LEAST_NANOS; // what is left at the end would make a rate of little
        if (!points.isEmpty() && (isRest || secondsInLast < secondsPerPoint)) {
            points.set(points.size() - 1, points.get(points.size() - 1).with(point));
            secondsInLast++;
            return;
        }
        if (points.size() == MOST_POINTS) {
            halve();
        }
        points.add(point);
        secondsInLast = 1;
    }

    private Point point(Second second) {
        Figures figures = second.figures();
        Histogram latency = figures.latencyNanos;
        long to = second.endNanos() - firstNanos;
        return new Point(
                to - second.nanos(),
                to,
                figures.ackedEvents,
                figures.failedEvents(),
                figures.reconnects,
                second.inFlight(),
                latency.getTotalCount(),
                latency.getValueAtPercentile(50),
                latency.getValueAtPercentile(99),
                latency.getMaxValue());
    }

    private void halve() {
        List<Point> halved = new ArrayList<>();
        for (int i = 0; i + 1 < points.size(); i += 2) {
            halved.add(points.get(i).with(points.get(i + 1)));
        }
        points.clear();
        points.addAll(halved);
        secondsPerPoint *= 2;
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** When the first of them began, since the start of the run. */
    long firstNanos() {
        return firstNanos;
    }

    /** How many seconds a point stands for. */
    int secondsPerPoint() {
        return secondsPerPoint;
    }
}
