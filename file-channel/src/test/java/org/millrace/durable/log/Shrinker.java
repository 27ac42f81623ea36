package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes a row of steps that fails smaller, as long as it fails. */
public final class Shrinker<S> {
    private final Predicate<List<S>> fails;
    private final Function<S, List<S>> simpler;
    private int runsLeft;

    /**
     * @param simpler what may stand in the place of a step
     * @param mostRuns how often the steps are tried at most
     */
    public Shrinker(Predicate<List<S>> fails, Function<S, List<S>> simpler, int mostRuns) {
        this.fails = fails;
        this.simpler = simpler;
        this.runsLeft = mostRuns;
    }

    /** The smallest one found. */
    public List<S> shrink(List<S> failing) {
        List<S> smallest = failing;
        while (true) {
            List<S> smaller = simplified(shortened(smallest));
            if (smaller.equals(smallest)) {
                return smaller;
            }
            smallest = smaller;
        }
    }

    /** Leaves steps out: long runs of them first, then one by one. */
    private List<S> shortened(List<S> failing) {
        List<S> shortest = failing;
        for (int length = Math.max(1, failing.size() / 2); length > 0; length /= 2) {
            for (int from = 0; from < shortest.size(); ) {
                List<S> left = new ArrayList<>(shortest);
                left.subList(from, Math.min(from + length, left.size())).clear();
                if (stillFails(left)) {
                    shortest = left;
                } else {
                    from += length;
                }
            }
        }
        return shortest;
    }

    /** Puts simpler steps in the place of others. */
    private List<S> simplified(List<S> failing) {
        List<S> simplest = failing;
        for (int at = 0; at < failing.size(); at++) {
            List<S> better = simplerAt(simplest, at);
            while (better != null) {
                simplest = better;
                better = simplerAt(simplest, at);
            }
        }
        return simplest;
    }

    /** With a simpler step at this place; null if none does. */
    private @Nullable List<S> simplerAt(List<S> failing, int at) {
        for (S one : simpler.apply(failing.get(at))) {
            List<S> steps = new ArrayList<>(failing);
            steps.set(at, one);
            if (stillFails(steps)) {
                return steps;
            }
        }
        return null;
    }

    private boolean stillFails(List<S> steps) {
        return runsLeft-- > 0 && fails.test(steps);
    }
}
