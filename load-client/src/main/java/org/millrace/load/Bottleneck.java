package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Judges whether a run measured its target or itself. A delay of our own counts when it is a tenth of what was measured; below half
 * a millisecond it does not, in an open loop, since no timer is that exact.
 */
final class Bottleneck {
    private static final double BUSY = 0.85;
    private static final double MACHINE_BUSY = 0.95;
    private static final double OWN_PART = 0.1;
    private static final double OWN_PART_OF_TURN = 0.2;
    private static final long TIMER_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final LoadResult result;
    private final List<String> reasons = new ArrayList<>();

    private Bottleneck(LoadResult result) {
        this.result = result;
    }

    /** One sentence for each reason. */
    static List<String> in(LoadResult result) {
        Bottleneck bottleneck = new Bottleneck(result);
        bottleneck.judge();
        return List.copyOf(bottleneck.reasons);
    }

    private void judge() {
        OwnEffort.Share effort = result.effort();
        judgeThread("the sending thread", effort.sender());
        judgeThread("an event loop", effort.busiestLoop());
        if (effort.machine() >= MACHINE_BUSY) {
            reasons.add(text(
                    "the machine's processors were %.0f %% busy, %.0f %% by the load tester",
                    100 * effort.machine(), 100 * effort.process()));
        }
        Figures figures = result.figures();
        judgeTail("it sent late by its own doing", figures.ownDelayNanos);
        judgeTail("tasks waited on its event loops", figures.loopLagNanos);
        if (!result.plan().isOpenLoop()) {
            judgeTurn(figures.ownDelayNanos.getMean(), figures.latencyNanos.getMean());
        }
    }

    private void judgeThread(String what, double share) {
        if (share >= BUSY) {
            reasons.add(
                    text("%s was busy %.0f %% of the time (expected: under %.0f %%)", what, 100 * share, 100 * BUSY));
        }
    }

    private void judgeTail(String what, Histogram own) {
        long ownNanos = own.getValueAtPercentile(99);
        long latencyNanos = result.figures().latencyNanos.getValueAtPercentile(99);
        if (ownNanos > TIMER_NANOS && ownNanos > OWN_PART * latencyNanos) {
            reasons.add(text(
                    "%s: p99 %s, of a latency whose p99 is %s", what, Units.time(ownNanos), Units.time(latencyNanos)));
        }
    }

    /** In a closed loop, what passes between an answer and the next batch is rate that the target was never asked for. */
    private void judgeTurn(double ownNanos, double latencyNanos) {
        double part = ownNanos / Math.max(1, ownNanos + latencyNanos);
        if (part > OWN_PART_OF_TURN) {
            reasons.add(text(
                    "%.0f %% of each turn passed between an answer and the next batch (expected: under %.0f %%; more"
                            + " in flight hides it)",
                    100 * part, 100 * OWN_PART_OF_TURN));
        }
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
