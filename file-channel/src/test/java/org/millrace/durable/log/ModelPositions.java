package org.millrace.durable.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;
import org.millrace.durable.format.PositionUpdate;

/**
 * What readers have committed, as a model has it: what was known at the start, and each update since. After a crash the log must know
 * some first part of these updates, whole ones, and no fewer than were said to be durable.
 */
final class ModelPositions {
    /** Who attaches states. */
    static final List<String> OWNERS = List.of("first", "second");

    private final Map<String, Reader> start = new TreeMap<>();
    private final List<PositionUpdate> updates = new ArrayList<>();
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
    }

    /** Whether the log still has to know this when it is opened the next time: all of it was written. */
    void allAreDurable() {
        durable = updates.size();
    }

    /** The lowest event that some reader may still want after a crash. */
    long lowestDurable(Set<String> readers) {
        Map<String, Reader> known = copy();
        updates.subList(0, durable).forEach(update -> known.get(update.reader()).apply(update));
        return known.entrySet().stream()
                .filter(entry -> readers.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue().committed.nextClearBit(0))
                .min()
                .orElse(0);
    }

    /** Checks what a log knows that has been opened, and goes on from there. */
    void recovered(LogState state, List<String> readers) {
        Map<String, Reader> known = copy();
        List<String> old = readers.stream().filter(known::containsKey).toList();
        int applied = 0;
        while (applied < durable
                || !old.stream().allMatch(name -> known.get(name).isSameAs(state, name))) {
            if (applied == updates.size()) {
                throw new AssertionError("positions are none that were committed, or older than durable ones: "
                        + describe(state) + "; committed: " + describe(updates) + ", of which durable: " + durable);
            }
            PositionUpdate next = updates.get(applied++);
            known.get(next.reader()).apply(next);
        }
        if (!state.readers().equals(Set.copyOf(readers))) {
            throw new AssertionError("readers are " + state.readers() + ", not " + readers);
        }
        start.clear();
        for (String name : readers) {
            start.put(name, known.containsKey(name) ? known.get(name) : fresh(state, name, known));
        }
        updates.clear();
        durable = 0;
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
        updates.stream().filter(update -> update.reader().equals(reader)).forEach(known::apply);
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
