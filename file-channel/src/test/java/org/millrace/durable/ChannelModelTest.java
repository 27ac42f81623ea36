package org.millrace.durable;

import static org.assertj.core.api.Assertions.fail;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.millrace.durable.ChannelStep.Commit;
import org.millrace.durable.ChannelStep.Crash;
import org.millrace.durable.ChannelStep.Fail;
import org.millrace.durable.ChannelStep.HandOver;
import org.millrace.durable.ChannelStep.Heal;
import org.millrace.durable.ChannelStep.KeepAliveEnds;
import org.millrace.durable.ChannelStep.Put;
import org.millrace.durable.ChannelStep.Restart;
import org.millrace.durable.ChannelStep.Rollback;
import org.millrace.durable.ChannelStep.Take;
import org.millrace.durable.ChannelStep.Work;
import org.millrace.durable.log.QuietLog;
import org.millrace.durable.log.Shrinker;
import org.millrace.durable.storage.SimulatedDisks.Operation;

/**
 * Random steps on a channel against a model: puts, takes, commits in part, rollbacks, crashes and restarts. They follow from the seed
 * alone; those that fail are made as few as they get, and printed.
 *
 * <p>{@code -Dmillrace.model.first=SEED -Dmillrace.model.scenarios=N} runs others, or more.
 */
@ExtendWith(QuietLog.class)
final class ChannelModelTest {
    private static final long FIRST = Long.getLong("millrace.model.first", 1);
    private static final long SCENARIOS = Long.getLong("millrace.model.scenarios", 3_000);
    private static final int MOST_SHRINKING_RUNS = 3000;

    @Test
    void whatWasAckedIsTakenInOrderUntilItIsCommitted() {
        LongStream.range(FIRST, FIRST + SCENARIOS)
                .parallel()
                .filter(seed -> failureOf(seed, steps(seed)) != null)
                .findAny()
                .ifPresent(ChannelModelTest::tell);
    }

    private static void tell(long seed) {
        List<ChannelStep> smallest = new Shrinker<ChannelStep>(
                        steps -> failureOf(seed, steps) != null, ChannelStep::simpler, MOST_SHRINKING_RUNS)
                .shrink(steps(seed));
        StringWriter trace = new StringWriter();
        Throwable failure = failureOf(seed, smallest);
        if (failure != null) {
            failure.printStackTrace(new PrintWriter(trace));
        }
        fail(
                "%s%nseed %dL, steps:%n%s",
                trace,
                seed,
                smallest.stream()
                        .map(step -> "    new "
                                + step.toString()
                                        .replaceAll("(\\w+)=", "/* $1 */ ")
                                        .replace('[', '(')
                                        .replace(']', ')'))
                        .collect(Collectors.joining(",\n")));
    }

    private static @Nullable Throwable failureOf(long seed, List<ChannelStep> steps) {
        try {
            ChannelRun.run(seed, steps);
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }

    private static List<ChannelStep> steps(long seed) {
        Random random = new Random(seed);
        List<ChannelStep> steps = new ArrayList<>();
        boolean hasFailures = random.nextInt(3) == 0;
        for (int left = 5 + random.nextInt(60); left > 0; left--) {
            steps.add(random.nextInt(100) < 6 ? trouble(random, hasFailures) : step(random));
        }
        return steps;
    }

    private static ChannelStep trouble(Random random, boolean hasFailures) {
        return switch (random.nextInt(hasFailures ? 5 : 2)) {
            case 0 -> new Crash(1 + random.nextInt(12), random.nextBoolean());
            case 1 -> new Restart();
            case 2 -> new Heal();
            default ->
                new Fail(
                        random.nextBoolean() ? Operation.WRITE : Operation.FORCE,
                        1 + random.nextInt(3),
                        random.nextBoolean());
        };
    }

    private static ChannelStep step(Random random) {
        int reader = random.nextInt(2);
        int transaction = random.nextInt(3);
        return switch (random.nextInt(14)) {
            case 0, 1, 2 -> new Put(1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 12));
            case 3, 4 -> new Work(1 + random.nextInt(4));
            case 5, 6, 7 -> new Take(reader, transaction, 1 + random.nextInt(random.nextInt(3) == 0 ? 120 : 10));
            case 8, 9 -> new HandOver(reader, transaction, random.nextInt(3), random.nextInt(8), 1 + random.nextInt(8));
            case 10, 11 ->
                new Commit(
                        reader,
                        transaction,
                        random.nextInt(3) == 0,
                        random.nextInt(3) == 0 ? 1 + random.nextInt(1000) : ChannelModel.NO_STATE);
            case 12 -> new Rollback(reader, transaction);
            default -> random.nextInt(4) == 0 ? new KeepAliveEnds() : new Work(1);
        };
    }
}
