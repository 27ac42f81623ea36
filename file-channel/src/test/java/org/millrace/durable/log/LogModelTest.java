package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.fail;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random scenarios on a real log over simulated disks, against a model. Each follows from its seed alone; one that fails is made as
 * small as it gets and printed, to become a test in {@link LogScenariosTest}.
 *
 * <p>{@code -Dmillrace.model.first=SEED -Dmillrace.model.scenarios=N} runs others, or more.
 */
@ExtendWith(QuietLog.class)
final class LogModelTest {
    private static final long FIRST = Long.getLong("millrace.model.first", 1);
    private static final long SCENARIOS = Long.getLong("millrace.model.scenarios", 10_000);
    private static final int MOST_SHRINKING_RUNS = 3000;

    @Test
    void whatWasAckedIsThereAndNothingElse() {
        ModelScenario scenario = LongStream.range(FIRST, FIRST + SCENARIOS)
                .parallel()
                .mapToObj(ModelGenerator::scenario)
                .filter(one -> failureOf(one) != null)
                .findAny()
                .orElse(null);
        if (scenario != null) {
            tell(scenario);
        }
    }

    private static void tell(ModelScenario failing) {
        ModelScenario smallest = failing.with(new Shrinker<ModelStep>(
                        steps -> failureOf(failing.with(steps)) != null, ModelStep::simpler, MOST_SHRINKING_RUNS)
                .shrink(failing.steps()));
        Throwable failure = failureOf(smallest);
        StringWriter trace = new StringWriter();
        if (failure != null) {
            failure.printStackTrace(new PrintWriter(trace));
        }
        fail("%s%nmade smaller from seed %s:%n%s", trace, failing.seed(), smallest);
    }

    private static @Nullable Throwable failureOf(ModelScenario scenario) {
        try {
            ModelRun.run(scenario, DrivenDurableLog::open);
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }
}
