package org.millrace.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Searches the highest rate that a target bears: doubles it until it does not, bisects, and confirms what it found with a longer run.
 * A rate is too much only if it is twice in a row, since one bad moment of the machine makes the p99 of a short try. Bounded: some 70
 * runs at most, and 15 to 25 as a rule.
 */
final class RateSearch {
    private static final int MOST_DOUBLINGS = 24;
    private static final int MOST_CONFIRMATIONS = 3;
    private static final double LEAST_RATE = 1;
    /** The search ends when the rate that is borne and the one that is not are no further apart. */
    private static final double CLOSE_ENOUGH = 1.05;
    /** Of what was asked for: less is not borne, whatever the latencies of the rest say. */
    private static final double LEAST_PART_ACKED = 0.98;

    private final long limitNanos;
    private final Probe probe;
    private final List<Step> steps = new ArrayList<>();
    private double borne;
    private double notBorne = Double.POSITIVE_INFINITY;
    /** The target has gone: no other rate would tell anything. */
    private boolean over;

    /** Runs the load at a rate. */
    interface Probe {
        /** @param phase a confirmation takes longer */
        LoadResult at(double eventsPerSecond, Phase phase) throws IOException, InterruptedException;
    }

    /** Why a rate is tried. */
    enum Phase {
        CLIMB,
        BISECT,
        CONFIRM
    }

    /**
     * A rate that was tried.
     *
     * @param notBorne why not; null if it was borne
     */
    record Step(
            Phase phase,
            double eventsPerSecond,
            LoadResult result,
            @Nullable String notBorne) {
        boolean isBorne() {
            return notBorne == null;
        }
    }

    /**
     * What the search has found.
     *
     * @param limitNanos of the p99
     * @param steps in the order they were run; at least one
     * @param confirmed the last step, if it confirmed a rate; null if none was found, or none confirmed
     */
    record Outcome(
            long limitNanos, List<Step> steps, @Nullable Step confirmed) {
        /** What a report shows: the confirmation, or what was tried last. */
        LoadResult result() {
            return steps.get(steps.size() - 1).result();
        }

        /** In a sentence, with what it does not say. */
        String conclusion() {
            Step found = confirmed;
            if (found == null) {
                return "no rate was found, whose p99 stays under " + Units.time(limitNanos);
            }
            String text = String.format(
                    Locale.ROOT,
                    "%,.0f events/s, with a p99 of %s under the limit of %s",
                    found.eventsPerSecond(),
                    Units.time(found.result().figures().latencyNanos.getValueAtPercentile(99)),
                    Units.time(limitNanos));
            List<String> own = testersLimit();
            return own.isEmpty() ? text : text + "; it is the load tester that bears no more: the target may";
        }

        /** Why the lowest rate above that was not borne tells of the load tester; empty if it does not. */
        List<String> testersLimit() {
            double found = confirmed == null ? 0 : confirmed.eventsPerSecond();
            return steps.stream()
                    .filter(step -> !step.isBorne() && step.eventsPerSecond() > found)
                    .min((a, b) -> Double.compare(a.eventsPerSecond(), b.eventsPerSecond()))
                    .map(step -> step.result().bottlenecks())
                    .orElse(List.of());
        }
    }

    RateSearch(long limitNanos, Probe probe) {
        this.limitNanos = limitNanos;
        this.probe = probe;
    }

    /** @param first the rate to begin with, in events a second */
    Outcome search(double first) throws IOException, InterruptedException {
        run(Phase.CLIMB, first);
        for (int i = 0; i < MOST_DOUBLINGS && Double.isInfinite(notBorne) && !over; i++) {
            run(Phase.CLIMB, 2 * borne);
        }
        while (borne == 0 && notBorne > LEAST_RATE && !over) {
            run(Phase.CLIMB, Math.max(LEAST_RATE, notBorne / 2));
        }
        while (borne > 0 && Double.isFinite(notBorne) && notBorne / borne > CLOSE_ENOUGH && !over) {
            run(Phase.BISECT, Math.sqrt(borne * notBorne));
        }
        Step confirmed = borne > 0 && !over ? confirm(borne) : null;
        return new Outcome(limitNanos, List.copyOf(steps), confirmed);
    }

    private @Nullable Step confirm(double found) throws IOException, InterruptedException {
        double rate = found;
        for (int i = 0; i < MOST_CONFIRMATIONS && !over; i++) {
            Step step = runOnce(Phase.CONFIRM, rate);
            if (step.isBorne()) {
                return step;
            }
            rate /= CLOSE_ENOUGH * CLOSE_ENOUGH;
        }
        return null;
    }

    private void run(Phase phase, double rate) throws IOException, InterruptedException {
        boolean isBorne =
                runOnce(phase, rate).isBorne() || (!over && runOnce(phase, rate).isBorne());
        if (isBorne) {
            borne = Math.max(borne, rate);
        } else {
            notBorne = Math.min(notBorne, rate);
        }
    }

    private Step runOnce(Phase phase, double rate) throws IOException, InterruptedException {
        LoadResult result = probe.at(rate, phase);
        Step step = new Step(phase, rate, result, whyNotBorne(result));
        steps.add(step);
        over = result.gaveUp() != null;
        return step;
    }

    private @Nullable String whyNotBorne(LoadResult result) {
        Figures figures = result.figures();
        if (result.gaveUp() != null) {
            return result.gaveUp();
        }
        if (figures.failedEvents() > 0) {
            return figures.failedEvents() + " events failed";
        }
        if (figures.latencyNanos.getTotalCount() == 0) {
            return "nothing was acked";
        }
        long p99 = figures.latencyNanos.getValueAtPercentile(99);
        if (p99 > limitNanos) {
            return "p99 " + Units.time(p99);
        }
        long due = figures.sentEvents + figures.unsentEvents;
        if (figures.ackedEvents < LEAST_PART_ACKED * due) {
            return String.format(Locale.ROOT, "%.0f %% of what was due was acked", 100.0 * figures.ackedEvents / due);
        }
        return null;
    }
}
