package org.millrace.durable.log;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
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

/** Scenarios in which {@link LogModelTest} once found something, as small as they got. */
@ExtendWith(QuietLog.class)
final class LogScenariosTest {
    private static final Setup ONE_OF_ALL = new Setup(1, 1, 8192, 8192);

    @Test
    void aReadThatFailsWhereTheWriterWasReadAheadOfLosesNothing() throws Exception {
        run(
                117,
                ONE_OF_ALL,
                new Put(1, 1, 6785),
                new Work(2),
                new Put(1, 29, 220),
                new Fail(Operation.READ, 4, false),
                new Take(0, 67),
                new Work(3),
                new Take(0, 48));
    }

    @Test
    void whatAKilledProcessWroteIsOnDiskBeforeItIsRead() throws Exception {
        run(
                36,
                ONE_OF_ALL,
                new Kill(3, 1),
                new Put(1, 1, 0),
                new Put(1, 2, 7069),
                new Work(2),
                new CutPower(1),
                new Take(0, 84));
    }

    @Test
    void aPutThatIsFoundTooLongByTheDiskTakesNoneBehindItAlong() throws Exception {
        run(
                5057043,
                new Setup(2, 1, 8192, 8192, false, true),
                new Put(1, 1, 0),
                new Work(1),
                new Take(0, 7),
                new Commit(0, 0, false, 1, true),
                new Put(3, 4, 6699),
                new Put(1, 1, 0));
    }

    /** A disk that fails all writes for good: the second start cannot make sure of what the first process left in the system's cache. */
    @Test
    void whatAStartWarnedOfMayBeGoneAfterALossOfPower() throws Exception {
        run(
                6061858,
                new Setup(1, 1, 4096, 16384),
                new Fail(Operation.WRITE, 2, true),
                new Put(1, 8, 2325),
                new Kill(1, 1),
                new Work(1),
                new CutPower(1),
                new Work(1));
    }

    @Test
    void whatWasTakenBeforeAStartCouldMakeSureOfItKeepsItsNumbers() throws Exception {
        run(
                6124354,
                new Setup(1, 1, 16384, 16384, false, true),
                new Work(1),
                new Kill(3, 3),
                new Fail(Operation.WRITE, 1, true),
                new Put(1, 1, 0),
                new Work(1),
                new Take(0, 90),
                new Commit(0, 0, false, 0, true),
                new Kill(2, 1),
                new Reopen(1));
    }

    private static void run(long seed, Setup setup, ModelStep... steps) throws Exception {
        ModelRun.run(new ModelScenario(seed, setup, List.of(steps)), DrivenDurableLog::open);
    }
}
