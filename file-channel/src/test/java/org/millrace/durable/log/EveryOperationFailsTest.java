package org.millrace.durable.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.millrace.durable.log.ModelScenario.Setup;
import org.millrace.durable.log.ModelStep.Commit;
import org.millrace.durable.log.ModelStep.CutPower;
import org.millrace.durable.log.ModelStep.Fail;
import org.millrace.durable.log.ModelStep.Kill;
import org.millrace.durable.log.ModelStep.Put;
import org.millrace.durable.log.ModelStep.Reopen;
import org.millrace.durable.log.ModelStep.Take;
import org.millrace.durable.log.ModelStep.Work;
import org.millrace.durable.storage.SimulatedDisks.Operation;

/** One scenario with everything in it, run again for each operation on the disk that can fail: that one fails, or all from it on. */
@ExtendWith(QuietLog.class)
final class EveryOperationFailsTest {
    private static final List<Setup> SETUPS = List.of(new Setup(1, 1, 4096, 8192), new Setup(2, 2, 4096, 8192));

    @ParameterizedTest
    @EnumSource(Operation.class)
    void onceAndNothingIsLost(Operation operation) throws Exception {
        failsAtEach(operation, false);
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void forEverAndNothingIsLost(Operation operation) throws Exception {
        failsAtEach(operation, true);
    }

    private static void failsAtEach(Operation operation, boolean isForEver) throws Exception {
        for (Setup setup : SETUPS) {
            Map<Operation, Long> counts = ModelRun.run(scenario(setup, List.of()), DrivenDurableLog::open);
            long operations = counts.getOrDefault(operation, 0L);
            for (int n = 1; n <= operations; n++) {
                ModelStep failure = new Fail(operation, n, isForEver);
                try {
                    ModelRun.run(scenario(setup, List.of(failure)), DrivenDurableLog::open);
                } catch (Exception | AssertionError e) {
                    throw new AssertionError(failure + " of " + operations + ", " + setup + ": " + e.getMessage(), e);
                }
            }
        }
    }

    /** Steps that fill several segments, free some, restart and crash. */
    private static ModelScenario scenario(Setup setup, List<ModelStep> first) {
        List<ModelStep> steps = new ArrayList<>(first);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 4; i++) {
                steps.add(new Put(1 + i % 2, 10 + 3 * i, 100));
                steps.add(new Work(i));
                steps.add(new Put(1, 3, 4000));
                steps.add(new Put(1, 1, 0));
                steps.add(new Take(i, 20));
                steps.add(new Take(i + 1, 20));
                steps.add(new Commit(i, i % 2, i % 3 == 0, i, i % 4 == 0));
                steps.add(new Work(3));
            }
            steps.add(round == 0 ? new Reopen(setup.readers()) : round == 1 ? new CutPower(4) : new Kill(3, 1));
        }
        steps.add(new Put(1, 10, 1000));
        steps.add(new Work(20));
        assertThat(steps).hasSizeGreaterThan(100);
        return new ModelScenario(1, setup, steps);
    }
}
