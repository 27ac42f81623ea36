package org.millrace.durable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.millrace.durable.format.EventRange;
import org.millrace.durable.format.LogState;

/** What a channel should do, the simple way: events in a map, and of each reader a set of those that it has committed. */
final class ChannelModel {
    /** What was attached before anything was. */
    static final int NO_STATE = 0;

    /** Numbers of the events that are safe, by sequence. */
    private final TreeMap<Long, Integer> events = new TreeMap<>();

    private final Map<String, Reader> readers = new TreeMap<>();
    private long end;

    /** One reader. */
    static final class Reader {
        private final TreeSet<Long> committed = new TreeSet<>();
        private final TreeSet<Long> durable = new TreeSet<>();
        /** Of a durable commit that failed: there after a crash all the same, if nothing has been written since. */
        private final TreeSet<Long> inDoubt = new TreeSet<>();

        private final TreeSet<Long> taken = new TreeSet<>();
        /** By transaction: sequences in the order in which it got them; null for what it has given away. */
        private final Map<Integer, List<@Nullable Long>> transactions = new HashMap<>();

        private int state = NO_STATE;
        /** What may be attached after a crash, oldest first. */
        private final List<Integer> statesSinceDurable = new ArrayList<>(List.of(NO_STATE));

        private final List<Integer> statesInDoubt = new ArrayList<>();
    }

    ChannelModel(List<String> names) {
        names.forEach(name -> readers.put(name, new Reader()));
    }

    private Reader reader(String name) {
        Reader reader = readers.get(name);
        if (reader == null) {
            throw new IllegalArgumentException(name);
        }
        return reader;
    }

    /** A put is safe; and so is all that was written before it, and that what failed before it is not there. */
    void acked(List<Integer> numbers) {
        for (int number : numbers) {
            events.put(end++, number);
        }
        somethingIsWritten();
    }

    private void somethingIsWritten() {
        for (Reader reader : readers.values()) {
            reader.inDoubt.clear();
            reader.statesInDoubt.clear();
        }
    }

    /** Sequences that the reader may be given, in their order. */
    NavigableSet<Long> available(String name) {
        Reader reader = reader(name);
        TreeSet<Long> available = new TreeSet<>(events.keySet());
        available.removeAll(reader.committed);
        available.removeAll(reader.taken);
        return available;
    }

    /** Checks what a transaction has been given. */
    void took(String name, int transaction, List<Integer> numbers) {
        List<Long> first = available(name).stream().limit(numbers.size()).toList();
        List<Integer> expected = first.stream().map(events::get).toList();
        if (!expected.equals(numbers)) {
            throw new AssertionError(name + " was given " + numbers + ", not " + expected);
        }
        Reader reader = reader(name);
        reader.taken.addAll(first);
        reader.transactions
                .computeIfAbsent(transaction, begun -> new ArrayList<>())
                .addAll(first);
    }

    /** Numbers in a transaction, in the order in which it got them; null for what it has given away. */
    List<@Nullable Long> inTransaction(String name, int transaction) {
        return reader(name).transactions.getOrDefault(transaction, List.of());
    }

    void handedOver(String name, int from, int to, int first, int count) {
        Reader reader = reader(name);
        List<@Nullable Long> giver = inTransaction(name, from);
        List<@Nullable Long> receiver = reader.transactions.computeIfAbsent(to, begun -> new ArrayList<>());
        for (int i = first; i < first + count; i++) {
            receiver.add(giver.set(i, null));
        }
    }

    void committed(String name, int transaction, boolean isDurable, int attached) {
        Reader reader = reader(name);
        List<Long> done = end(reader, transaction);
        reader.committed.addAll(done);
        if (attached != NO_STATE) {
            reader.state = attached;
            reader.statesSinceDurable.add(attached);
        }
        if (isDurable && !(done.isEmpty() && attached == NO_STATE)) {
            somethingIsWritten();
            allIsDurable();
        }
    }

    /** The log writes positions in the order in which it gets them. */
    private void allIsDurable() {
        for (Reader reader : readers.values()) {
            reader.durable.addAll(reader.committed);
            reader.statesSinceDurable.clear();
            reader.statesSinceDurable.add(reader.state);
        }
    }

    /** A durable commit has failed: a rollback, but who knows what the disk has of it. */
    void commitFailed(String name, int transaction, int attached) {
        Reader reader = reader(name);
        reader.inDoubt.addAll(end(reader, transaction));
        if (attached != NO_STATE) {
            reader.statesInDoubt.add(attached);
        }
    }

    void rolledBack(String name, int transaction) {
        end(reader(name), transaction);
    }

    private static List<Long> end(Reader reader, int transaction) {
        List<Long> had = new ArrayList<>();
        for (Long sequence : reader.transactions.getOrDefault(transaction, List.of())) {
            if (sequence != null) {
                had.add(sequence);
            }
        }
        reader.transactions.remove(transaction);
        reader.taken.removeAll(had);
        return had;
    }

    int state(String name) {
        return reader(name).state;
    }

    /** Sequence of the next event. */
    long end() {
        return end;
    }

    /** Events that some reader has not committed. */
    long size() {
        return events.keySet().stream()
                .filter(sequence -> readers.values().stream().anyMatch(reader -> !reader.committed.contains(sequence)))
                .count();
    }

    /** The channel was closed in good order: all is where it was. */
    void closedWell() {
        allIsDurable();
        somethingIsWritten();
        dropTransactions();
    }

    private void dropTransactions() {
        for (Reader reader : readers.values()) {
            reader.transactions.clear();
            reader.taken.clear();
        }
    }

    /**
     * Checks what a channel knows that has been opened after a crash, and goes on from there.
     *
     * @param found numbers by sequence, from the lowest event on that a reader needs
     * @param unanswered numbers of the puts on their way, in their order
     * @param states what each reader has attached
     */
    void recovered(
            LogState log,
            long newEnd,
            NavigableMap<Long, Integer> found,
            List<Integer> unanswered,
            Map<String, Integer> states) {
        dropTransactions();
        long lowest = log.lowestWatermark();
        if (!events.tailMap(lowest).equals(found.headMap(end))) {
            throw new AssertionError("of " + events.tailMap(lowest) + " there is " + found.headMap(end));
        }
        List<Integer> more = List.copyOf(found.tailMap(end).values());
        if (newEnd < end || Collections.indexOfSubList(unanswered, more) < 0) {
            throw new AssertionError("nobody has put " + more + " in a row; on their way were " + unanswered);
        }
        events.putAll(found);
        end = newEnd;
        for (Map.Entry<String, Reader> entry : readers.entrySet()) {
            recovered(entry.getKey(), entry.getValue(), log, states.getOrDefault(entry.getKey(), NO_STATE));
        }
    }

    private void recovered(String name, Reader reader, LogState log, int state) {
        TreeSet<Long> known = new TreeSet<>(events.headMap(log.watermark(name)).keySet());
        for (EventRange range : log.committedAbove(name)) {
            known.addAll(events.subMap(range.from(), range.to()).keySet());
        }
        TreeSet<Long> possible = new TreeSet<>(reader.committed);
        possible.addAll(reader.inDoubt);
        if (!known.containsAll(reader.durable) || !possible.containsAll(known)) {
            throw new AssertionError(name + " is said to have committed " + known + "; it had " + reader.committed
                    + ", durably " + reader.durable + ", in doubt " + reader.inDoubt);
        }
        if (!reader.statesSinceDurable.contains(state) && !reader.statesInDoubt.contains(state)) {
            throw new AssertionError(name + " is said to have attached " + state + ", not one of "
                    + reader.statesSinceDurable + ", in doubt " + reader.statesInDoubt);
        }
        reader.committed.clear();
        reader.committed.addAll(known);
        reader.durable.clear();
        reader.durable.addAll(known);
        reader.inDoubt.clear();
        reader.state = state;
        reader.statesSinceDurable.clear();
        reader.statesSinceDurable.add(state);
        reader.statesInDoubt.clear();
    }
}
