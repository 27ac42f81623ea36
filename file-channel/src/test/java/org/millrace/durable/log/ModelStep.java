package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.List;
import org.millrace.durable.storage.SimulatedDisks.Operation;

/**
 * One thing that happens to a log in a model test. It says all that it needs, so that others can be left out; where it names something
 * that is not there, a lease or a reader, it does nothing. Printed, it can be pasted into a test behind {@code new}.
 */
sealed interface ModelStep {
    /** Simpler steps that may do as well. */
    default List<ModelStep> simpler() {
        return List.of();
    }

    /** Something is put, as so many batches of so many events; bodies are of different lengths up to this one. */
    record Put(int batches, int events, int bodyBytes) implements ModelStep {
        @Override
        public List<ModelStep> simpler() {
            List<ModelStep> simpler = new ArrayList<>();
            addHalves(simpler, batches, 1, half -> new Put(half, events, bodyBytes));
            addHalves(simpler, events, 1, half -> new Put(batches, half, bodyBytes));
            addHalves(simpler, bodyBytes, 0, half -> new Put(batches, events, half));
            return simpler;
        }
    }

    /** The disk thread and the keeper of the slots do what there is to do, up to so many turns. */
    record Work(int turns) implements ModelStep {
        @Override
        public List<ModelStep> simpler() {
            List<ModelStep> simpler = new ArrayList<>();
            addHalves(simpler, turns, 1, Work::new);
            return simpler;
        }
    }

    /** A reader takes what one read gives, at most so many events. */
    record Take(int reader, int events) implements ModelStep {
        @Override
        public List<ModelStep> simpler() {
            List<ModelStep> simpler = new ArrayList<>();
            addHalves(simpler, reader, 0, half -> new Take(half, events));
            return simpler;
        }
    }

    /**
     * A reader commits what it has taken.
     *
     * @param lease which of those that it has
     * @param isHalf the rest stays taken
     * @param state what is attached; 0: nothing
     * @param isAwaited whether it is asked when this is durable
     */
    record Commit(int reader, int lease, boolean isHalf, int state, boolean isAwaited) implements ModelStep {
        @Override
        public List<ModelStep> simpler() {
            List<ModelStep> simpler = new ArrayList<>();
            addHalves(simpler, reader, 0, half -> new Commit(half, lease, isHalf, state, isAwaited));
            addHalves(simpler, lease, 0, half -> new Commit(reader, half, isHalf, state, isAwaited));
            addHalves(simpler, state, 0, half -> new Commit(reader, lease, isHalf, half, isAwaited));
            if (isHalf) {
                simpler.add(new Commit(reader, lease, false, state, isAwaited));
            }
            return simpler;
        }
    }

    /** A reader gives back what it has taken. */
    record Rollback(int reader, int lease) implements ModelStep {}

    /** Time goes by. */
    record Pass(int millis) implements ModelStep {}

    /** The n-th operation of this kind from now on fails. */
    record Fail(Operation operation, int nth, boolean isForEver) implements ModelStep {
        @Override
        public List<ModelStep> simpler() {
            List<ModelStep> simpler = new ArrayList<>();
            addHalves(simpler, nth, 1, half -> new Fail(operation, half, isForEver));
            if (isForEver) {
                simpler.add(new Fail(operation, nth, false));
            }
            return simpler;
        }
    }

    /** All disks are well again. */
    record Heal() implements ModelStep {}

    /** A disk leaves room for so many more segments. */
    record Resize(int directory, int segments) implements ModelStep {}

    /** Power goes off in the middle of the n-th operation from now on. */
    record CutPower(int nth) implements ModelStep {
        @Override
        public List<ModelStep> simpler() {
            List<ModelStep> simpler = new ArrayList<>();
            addHalves(simpler, nth, 1, CutPower::new);
            return simpler;
        }
    }

    /** The process dies, what it wrote stays; it is started again with so many readers. */
    record Kill(int readers) implements ModelStep {}

    /** The log is closed and opened again, with so many readers. */
    record Reopen(int readers) implements ModelStep {}

    /** A step with one number in it. */
    interface OfNumber {
        ModelStep with(int number);
    }

    private static void addHalves(List<ModelStep> simpler, int number, int least, OfNumber step) {
        if (number > least) {
            simpler.add(step.with(least));
            if ((number + least) / 2 > least) {
                simpler.add(step.with((number + least) / 2));
                simpler.add(step.with(number - 1));
            }
        }
    }
}
