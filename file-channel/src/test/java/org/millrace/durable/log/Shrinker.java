package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes a failing scenario smaller, as long as it fails. */
final class Shrinker {
    private final Predicate<ModelScenario> fails;
    private int runsLeft;

    /** @param mostRuns how often the scenario is tried at most */
    Shrinker(Predicate<ModelScenario> fails, int mostRuns) {
        this.fails = fails;
        this.runsLeft = mostRuns;
    }

    /** The smallest one found. */
    ModelScenario shrink(ModelScenario failing) {
        ModelScenario smallest = failing;
        while (true) {
            ModelScenario smaller = simplified(shortened(smallest));
            if (smaller.steps().equals(smallest.steps())) {
                return smaller;
            }
            smallest = smaller;
        }
    }

    /** Leaves steps out: long runs of them first, then one by one. */
    private ModelScenario shortened(ModelScenario failing) {
        ModelScenario shortest = failing;
        for (int length = Math.max(1, failing.steps().size() / 2); length > 0; length /= 2) {
            for (int from = 0; from < shortest.steps().size(); ) {
                List<ModelStep> left = new ArrayList<>(shortest.steps());
                left.subList(from, Math.min(from + length, left.size())).clear();
                if (stillFails(shortest.with(left))) {
                    shortest = shortest.with(left);
                } else {
                    from += length;
                }
            }
        }
        return shortest;
    }

    /** Puts simpler steps in the place of others. */
    private ModelScenario simplified(ModelScenario failing) {
        ModelScenario simplest = failing;
        for (int at = 0; at < failing.steps().size(); at++) {
            ModelScenario simpler = simplerAt(simplest, at);
            while (simpler != null) {
                simplest = simpler;
                simpler = simplerAt(simplest, at);
            }
        }
        return simplest;
    }

    /** With a simpler step at this place; null if none does. */
    private @Nullable ModelScenario simplerAt(ModelScenario failing, int at) {
        for (ModelStep simpler : failing.steps().get(at).simpler()) {
            List<ModelStep> steps = new ArrayList<>(failing.steps());
            steps.set(at, simpler);
            if (stillFails(failing.with(steps))) {
                return failing.with(steps);
            }
        }
        return null;
    }

    private boolean stillFails(ModelScenario scenario) {
        return runsLeft-- > 0 && fails.test(scenario);
    }
}
