package org.millrace.load;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run has found.
 *
 * @param figures of what was measured; at rest
 * @param measuredNanos from the end of the warm-up to the last answer
 * @param failures what went wrong, each once, the first few
 * @param gaveUp why the run ended early; null if it did not
 */
record LoadResult(
        LoadPlan plan,
        Figures figures,
        long measuredNanos,
        OwnEffort.Share effort,
        List<String> failures,
        @Nullable String gaveUp) {
    double seconds() {
        return measuredNanos / 1e9;
    }

    double ackedPerSecond() {
        return figures.ackedEvents / seconds();
    }

    /** True if every event that was sent was acked, and no connection broke. */
    boolean isGood() {
        return gaveUp == null && figures.failedEvents() == 0 && failures.isEmpty();
    }

    /** Why the figures tell of the load tester rather than of its target; empty if they do not. */
    List<String> bottlenecks() {
        return Bottleneck.in(this);
    }
}
