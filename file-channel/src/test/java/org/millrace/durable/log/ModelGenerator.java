package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.millrace.durable.log.ModelScenario.Setup;
import org.millrace.durable.log.ModelStep.Commit;
import org.millrace.durable.log.ModelStep.CutPower;
import org.millrace.durable.log.ModelStep.Fail;
import org.millrace.durable.log.ModelStep.Heal;
import org.millrace.durable.log.ModelStep.Kill;
import org.millrace.durable.log.ModelStep.Pass;
import org.millrace.durable.log.ModelStep.Put;
import org.millrace.durable.log.ModelStep.Reopen;
import org.millrace.durable.log.ModelStep.Resize;
import org.millrace.durable.log.ModelStep.Rollback;
import org.millrace.durable.log.ModelStep.Take;
import org.millrace.durable.log.ModelStep.Work;
import org.millrace.durable.storage.SimulatedDisks.Operation;

/** Makes scenarios up, each from its seed alone. */
final class ModelGenerator {
    private static final Operation[] FAILING = {
        Operation.WRITE, Operation.FORCE, Operation.CREATE_ZEROED, Operation.DELETE, Operation.OPEN, Operation.READ
    };

    private final Random random;
    private final Setup setup;
    /** What this scenario is about, in percent of its steps. */
    private final int trouble;

    private final boolean hasFailures;
    private final boolean hasFullDisks;

    private ModelGenerator(long seed) {
        random = new Random(seed);
        int leastGroupBytes = 4096 << random.nextInt(3);
        Random variant = new Random(~seed); // apart from the steps
        setup = new Setup(
                1 + random.nextInt(random.nextInt(3) + 1),
                1 + random.nextInt(random.nextInt(3) + 1),
                leastGroupBytes,
                Math.max(leastGroupBytes, 4096 << random.nextInt(3)),
                variant.nextInt(5) == 0,
                variant.nextInt(5) == 0);
        trouble = random.nextInt(15);
        hasFailures = random.nextInt(3) == 0;
        hasFullDisks = random.nextInt(4) == 0;
    }

    static ModelScenario scenario(long seed) {
        ModelGenerator generator = new ModelGenerator(seed);
        List<ModelStep> steps = new ArrayList<>();
        for (int left = 5 + generator.random.nextInt(60); left > 0; left--) {
            steps.add(generator.step());
        }
        return new ModelScenario(seed, generator.setup, steps);
    }

    private ModelStep step() {
        if (random.nextInt(100) < trouble) {
            return trouble();
        }
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> put();
            case 3, 4, 5 -> new Work(1 + random.nextInt(4));
            case 6, 7 -> new Take(reader(), 1 + random.nextInt(100));
            case 8, 9 ->
                new Commit(
                        reader(),
                        random.nextInt(3),
                        random.nextInt(4) == 0,
                        random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 0,
                        random.nextInt(3) == 0);
            case 10 -> new Rollback(reader(), random.nextInt(3));
            default -> new Pass(1 << random.nextInt(16));
        };
    }

    private Put put() {
        int batches = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
        return switch (random.nextInt(10)) {
            case 0 -> new Put(batches, 1 + random.nextInt(200), random.nextInt(100)); // many
            case 1 -> new Put(batches, 1 + random.nextInt(4), random.nextInt(8 << 10)); // large
            case 2 ->
                new Put(
                        1,
                        1 + random.nextInt(10),
                        random.nextInt(8 << 10)); // perhaps longer than a group, or a segment
            case 3, 4, 5 -> new Put(batches, 1 + random.nextInt(30), random.nextInt(400));
            default -> new Put(batches, 1 + random.nextInt(10), random.nextInt(100));
        };
    }

    private ModelStep trouble() {
        int kind = random.nextInt(10);
        if (kind < 3 && hasFailures) {
            Operation operation = FAILING[random.nextInt(FAILING.length)];
            boolean isForEver = random.nextInt(4) == 0;
            return new Fail(operation, 1 + random.nextInt(6), isForEver);
        }
        if (kind < 5 && hasFullDisks) {
            return new Resize(random.nextInt(setup.directories()), random.nextInt(3) == 0 ? 100 : random.nextInt(4));
        }
        return switch (kind) {
            case 6 -> new Reopen(readersAfterwards());
            case 7 -> new Kill(1 + random.nextInt(1 << random.nextInt(6)), readersAfterwards());
            case 8 -> new Heal();
            default -> new CutPower(1 + random.nextInt(1 << random.nextInt(6)));
        };
    }

    private int reader() {
        return random.nextInt(setup.readers());
    }

    private int readersAfterwards() {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(3) : setup.readers();
    }
}
