package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.millrace.durable.log.ModelScenario.Setup;
import org.millrace.durable.log.ModelStep.Put;
import org.millrace.durable.log.ModelStep.Reopen;
import org.millrace.durable.log.ModelStep.Work;

final class ShrinkerTest {
    private static final Setup SETUP = new Setup(1, 1, 4096, 4096);

    @Test
    void leavesOutAndHalvesWhatDoesNotMatter() {
        List<ModelStep> steps = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            steps.add(i == 13 ? new Reopen(1) : i == 30 ? new Put(2, 170, 900) : new Work(i + 1));
        }

        List<ModelStep> smallest =
                new Shrinker<>(ShrinkerTest::failsByALongPutAfterAReopening, ModelStep::simpler, 10_000).shrink(steps);

        assertThat(smallest).isEqualTo(List.of(new Reopen(1), new Put(1, 100, 0)));
    }

    private static boolean failsByALongPutAfterAReopening(List<ModelStep> steps) {
        int reopened = steps.indexOf(new Reopen(1));
        return reopened >= 0
                && steps.stream().skip(reopened).anyMatch(step -> step instanceof Put put && put.events() >= 100);
    }

    @Test
    void triesNoMoreOftenThanItMay() {
        int[] runs = new int[1];
        Predicate<List<ModelStep>> fails = steps -> ++runs[0] < 0;

        new Shrinker<>(fails, ModelStep::simpler, 7)
                .shrink(ModelGenerator.scenario(1).steps());

        assertThat(runs[0]).isEqualTo(7);
    }

    @Test
    void aScenarioIsMadeFromItsSeedAlone() {
        assertThat(ModelGenerator.scenario(3)).isEqualTo(ModelGenerator.scenario(3));
        assertThat(ModelGenerator.scenario(3).steps())
                .isNotEqualTo(ModelGenerator.scenario(4).steps());
    }

    @Test
    void aScenarioIsPrintedAsJava() {
        assertThat(new ModelScenario(5, SETUP, List.of(new Put(1, 2, 3), new Reopen(1))).toString())
                .endsWith(
                        "    new Put(/* batches */ 1, /* events */ 2, /* bodyBytes */ 3),\n    new Reopen(/* readers */ 1)\n");
    }
}
