package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/**
 * What readers have committed, as a model has it: what was known at the start, and each update since. After a crash the log must know
 * some first part of these updates, whole ones, and no fewer than were said to be durable. What was said to have failed it knows only if
 * nothing has been durable since; then all that failed together.
 */
final class ModelPositions {
    /** Who attaches states. */
    static final List<String> OWNERS = List.of("first", "second");

    private final Map<String, Reader> start = new TreeMap<>();
    private final List<PositionUpdate> updates = new ArrayList<>();
    /** Numbers of updates that the log has said to have failed. */
    private final Set<Integer> failed = new HashSet<>();

    /** Of those, what the log cannot know any more, since it has written something else. */
    private final Set<Integer> gone = new HashSet<>();

    private int durable;

    /** One reader. */
    private static final class Reader {
        final BitSet committed = new BitSet();
        final Map<String, byte[]> states = new HashMap<>();

        Reader copy() {
            Reader copy = new Reader();
            copy.committed.or(committed);
            copy.states.putAll(states);
            return copy;
        }

        void apply(PositionUpdate update) {
            update.committed().forEach(range -> committed.set((int) range.from(), (int) range.to()));
            states.putAll(update.states());
        }

        boolean isSameAs(LogState state, String name) {
            BitSet known = new BitSet();
            known.set(0, (int) state.watermark(name));
            state.committedAbove(name).forEach(range -> known.set((int) range.from(), (int) range.to()));
            return known.equals(committed)
                    && known.nextClearBit(0) == state.watermark(name)
                    && OWNERS.stream().allMatch(owner -> Arrays.equals(states.get(owner), state.attached(name, owner)));
        }
    }

    /** An update has been given to the log. @return its number, for {@link #isDurable} */
    int add(PositionUpdate update) {
        updates.add(update);
        return updates.size();
    }

    /** The log has said that this one is durable, and so all before it. */
    void isDurable(int number) {
        durable = Math.max(durable, number);
        somethingIsDurable();
    }

    /** The log has said that this one failed: it is as if it had never been, once anything else is durable. */
    void hasFailed(int number) {
        failed.add(number);
    }

    /** Something is durable that was written after all that has failed by now. */
    void somethingIsDurable() {
        gone.addAll(failed);
    }

    /** Whether the log still has to know this when it is opened the next time: all of it was written. */
    void allAreDurable() {
        durable = updates.size();
    }

    /** The lowest event that some reader may still want after a crash. */
    long lowestDurable(Set<String> readers) {
        Map<String, Reader> known = copy();
        apply(known, durable, durable);
        return known.entrySet().stream()
                .filter(entry -> readers.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().committed.nextClearBit(0))
                .min()
                .orElse(0);
    }

    /**
     * Checks what a log knows that has been opened, and goes on from there.
     *
     * @param isSafe whether the log has written since: if not, the next one may know less; then the readers are those of before
     */
    void recovered(LogState state, List<String> readers, boolean isSafe) {
        List<String> old = readers.stream().filter(start::containsKey).toList();
        int applied = durable;
        int failedFrom = durable;
        Map<String, Reader> known = applied(applied, failedFrom);
        while (!isSame(state, old, known)) {
            failedFrom--;
            if (failedFrom < durable) {
                applied++;
                failedFrom = applied;
            }
            if (applied > updates.size()) {
                throw new AssertionError("positions are none that were committed, or older than durable ones: "
                        + describe(state) + "; committed: " + describe(updates) + ", of which durable: " + durable
                        + ", failed: " + failed);
            }
            known = applied(applied, failedFrom);
        }
        if (!state.readers().equals(Set.copyOf(readers))) {
            throw new AssertionError("readers are " + state.readers() + ", not " + readers);
        }
        if (!isSafe && start.keySet().equals(Set.copyOf(readers))) {
            keepKnown(applied, failedFrom);
            return;
        }
        start.clear();
        for (String name : readers) {
            start.put(name, known.containsKey(name) ? known.get(name) : fresh(state, name, known));
        }
        updates.clear();
        failed.clear();
        gone.clear();
        durable = 0;
    }

    private static boolean isSame(LogState state, List<String> readers, Map<String, Reader> known) {
        return readers.stream().allMatch(name -> known.get(name).isSameAs(state, name));
    }

    /** How things stand after the first so many updates, without those that failed before one of them. */
    private Map<String, Reader> applied(int end, int failedFrom) {
        Map<String, Reader> known = copy();
        apply(known, end, failedFrom);
        return known;
    }

    private void apply(Map<String, Reader> known, int end, int failedFrom) {
        for (int number = 1; number <= end; number++) {
            if (isKnown(number, failedFrom)) {
                PositionUpdate update = updates.get(number - 1);
                known.get(update.reader()).apply(update);
            }
        }
    }

    private boolean isKnown(int number, int failedFrom) {
        return !failed.contains(number) || (number > failedFrom && !gone.contains(number));
    }

    /** These are the ones that the log knows, though it has not written since. */
    private void keepKnown(int end, int failedFrom) {
        List<PositionUpdate> known = new ArrayList<>();
        int knownDurable = 0;
        for (int number = 1; number <= end; number++) {
            if (isKnown(number, failedFrom)) {
                known.add(updates.get(number - 1));
                knownDurable += number <= durable ? 1 : 0;
            }
        }
        updates.clear();
        updates.addAll(known);
        failed.clear();
        gone.clear();
        durable = knownDurable;
    }

    /** One that had no position starts at the lowest one of the others. */
    private static Reader fresh(LogState state, String name, Map<String, Reader> others) {
        int lowest = others.values().stream()
                .mapToInt(reader -> reader.committed.nextClearBit(0))
                .min()
                .orElse(0);
        Reader reader = new Reader();
        reader.committed.set(0, lowest);
        if (!reader.isSameAs(state, name)) {
            throw new AssertionError("new reader " + name + " stands at " + state.watermark(name) + ", not " + lowest);
        }
        return reader;
    }

    /** What a reader has committed, durably or not. */
    BitSet committed(String reader) {
        Reader known = start.get(reader).copy();
        for (int number = 1; number <= updates.size(); number++) {
            PositionUpdate update = updates.get(number - 1);
            if (update.reader().equals(reader) && !failed.contains(number)) {
                known.apply(update);
            }
        }
        return known.committed;
    }

    private Map<String, Reader> copy() {
        Map<String, Reader> copy = new TreeMap<>();
        start.forEach((name, reader) -> copy.put(name, reader.copy()));
        return copy;
    }

    private static String describe(LogState state) {
        StringBuilder text = new StringBuilder();
        for (String name : state.readers()) {
            text.append(name)
                    .append(' ')
                    .append(state.watermark(name))
                    .append(state.committedAbove(name))
                    .append(' ');
        }
        return text.toString();
    }

    private static String describe(List<PositionUpdate> updates) {
        StringBuilder text = new StringBuilder();
        for (PositionUpdate update : updates) {
            text.append(update.reader());
            for (EventRange range : update.committed()) {
                text.append(' ').append(range.from()).append("..").append(range.to());
            }
            text.append(update.states().keySet()).append("; ");
        }
        return text.toString();
    }
}
