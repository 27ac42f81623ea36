package org.millrace.durable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.millrace.durable.storage.SimulatedDisks.Operation;

/**
 * One thing that happens to a channel in a model test. It says all that it needs, so that others can be left out; where it names a
 * transaction that is not open, or events that are not in it, it does nothing. Printed, it can be pasted into a test behind {@code new}.
 */
sealed interface ChannelStep {
    /** Simpler steps that may do as well. */
    default List<ChannelStep> simpler() {
        return List.of();
    }

    /** A batch is put. */
    record Put(int events) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            return halves(events, 1, Put::new);
        }
    }

    /** The log's threads do what there is to do, up to so many turns. */
    record Work(int turns) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            return halves(turns, 1, Work::new);
        }
    }

    /** A transaction, begun if it is not open, takes. */
    record Take(int reader, int transaction, int events) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            return halves(events, 1, half -> new Take(reader, transaction, half));
        }
    }

    /** Events of a transaction go to another one of the same reader. */
    record HandOver(int reader, int from, int to, int first, int events) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            List<ChannelStep> simpler = halves(events, 1, half -> new HandOver(reader, from, to, first, half));
            simpler.addAll(halves(first, 0, half -> new HandOver(reader, from, to, half, events)));
            return simpler;
        }
    }

    /**
     * A transaction is committed and closed.
     *
     * @param state what is attached; 0: nothing
     */
    record Commit(int reader, int transaction, boolean isDurable, int state) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            return state > 0 ? List.of(new Commit(reader, transaction, isDurable, 0)) : List.of();
        }
    }

    /** A transaction is closed without a commit. */
    record Rollback(int reader, int transaction) implements ChannelStep {}

    /** Puts that wait for room have waited long enough. */
    record KeepAliveEnds() implements ChannelStep {}

    /** The n-th operation of this kind from now on fails. */
    record Fail(Operation operation, int nth, boolean isForEver) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            return halves(nth, 1, half -> new Fail(operation, half, isForEver));
        }
    }

    /** The disk is well again, and the log tries it again. */
    record Heal() implements ChannelStep {}

    /** Power goes off in the middle of the n-th operation from now on; or the process dies, and what it wrote stays. */
    record Crash(int nth, boolean isPowerLost) implements ChannelStep {
        @Override
        public List<ChannelStep> simpler() {
            return halves(nth, 1, half -> new Crash(half, isPowerLost));
        }
    }

    /** The channel is closed, with transactions open, and started again. */
    record Restart() implements ChannelStep {}

    private static List<ChannelStep> halves(int number, int least, IntFunction<ChannelStep> step) {
        List<ChannelStep> simpler = new ArrayList<>();
        if (number > least) {
            simpler.add(step.apply(least));
            if ((number + least) / 2 > least) {
                simpler.add(step.apply((number + least) / 2));
                simpler.add(step.apply(number - 1));
            }
        }
        return simpler;
    }
}
