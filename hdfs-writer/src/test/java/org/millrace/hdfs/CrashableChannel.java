package org.millrace.hdfs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.millrace.api.ChannelException;
import org.millrace.api.ChannelReader;
import org.millrace.api.Transaction;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.Put;
import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;

/**
 * A channel whose agent may crash. As with the file channel, a commit that is not durable may be forgotten then, but only together with
 * all that came after it; and what is attached is as old as the position.
 */
final class CrashableChannel implements ChannelReader, Exchange<CrashableChannel.Event> {
    private final TreeMap<Integer, EventBatch> stored = new TreeMap<>();
    private final List<State> states = new ArrayList<>();
    private int durableStates = 1;
    private final boolean outlivesAgent;
    private boolean crashed;
    private int commitsToFail;
    private int beginsToBreak;

    /** One event. */
    record Event(int sequence, EventBatch batch) implements TakenBatch {}

    private record State(Set<Integer> committed, Map<String, byte[]> attached) {}

    CrashableChannel() {
        this(true);
    }

    /** @param outlivesAgent false: a memory channel, of which nothing is left after a crash */
    CrashableChannel(boolean outlivesAgent) {
        this.outlivesAgent = outlivesAgent;
        states.add(new State(Set.of(), Map.of()));
    }

    /** Adds an event. Takes the batch over. */
    synchronized void put(int sequence, EventBatch event) {
        stored.put(sequence, event);
    }

    /** From now on nothing is committed. */
    synchronized void crash() {
        crashed = true;
    }

    /** The next so many commits fail. */
    synchronized void failCommits(int commits) {
        commitsToFail = commits;
    }

    /** The next so many transactions cannot be opened, which no channel should have happen. */
    synchronized void breakBegins(int begins) {
        beginsToBreak = begins;
    }

    /**
     * The channel as the next agent finds it.
     *
     * @param events what was ever put, by sequence; lent
     * @param chance how many of the commits that were not durable are kept
     */
    synchronized CrashableChannel restart(Map<Integer, EventBatch> events, RandomGenerator chance) {
        int kept = chance.nextInt(durableStates, states.size() + 1);
        State last = states.get(kept - 1);
        CrashableChannel next = new CrashableChannel();
        next.states.set(0, last);
        events.forEach((sequence, event) -> {
            if (!last.committed.contains(sequence)) {
                next.put(sequence, event.retain());
            }
        });
        close();
        return next;
    }

    /** The events whose commit has come about. */
    synchronized Set<Integer> committed() {
        return states.get(states.size() - 1).committed;
    }

    @Override
    public boolean outlivesAgent() {
        return outlivesAgent;
    }

    synchronized boolean isEmpty() {
        return stored.isEmpty();
    }

    synchronized void close() {
        stored.values().forEach(EventBatch::release);
        stored.clear();
    }

    @Override
    public String name() {
        return "c1";
    }

    @Override
    public int transactionCapacity() {
        return 10_000;
    }

    @Override
    public synchronized Transaction begin() {
        if (beginsToBreak-- > 0) {
            throw new IllegalStateException("injected: begin");
        }
        return new ChannelTransaction<>(this);
    }

    @Override
    public synchronized boolean awaitEvents(Duration timeout) {
        return !stored.isEmpty();
    }

    @Override
    public synchronized byte @Nullable [] attached(String owner) {
        return states.get(states.size() - 1).attached.get(owner);
    }

    @Override
    public void putAndWait(Put put) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized @Nullable Event takeHead(int maxEvents) {
        Map.Entry<Integer, EventBatch> first = stored.pollFirstEntry();
        return first == null ? null : new Event(first.getKey(), first.getValue());
    }

    @Override
    public Event part(Event whole, int skipped, EventBatch part) {
        return new Event(whole.sequence + skipped, part);
    }

    @Override
    public synchronized void forget(List<Event> delivered, Map<String, byte[]> toAttach, boolean durably) {
        if (crashed || commitsToFail-- > 0) {
            throw new ChannelException(crashed ? "crashed" : "injected: commit");
        }
        State before = states.get(states.size() - 1);
        Set<Integer> committed = new TreeSet<>(before.committed);
        delivered.forEach(event -> committed.add(event.sequence));
        Map<String, byte[]> attached = new HashMap<>(before.attached);
        attached.putAll(toAttach);
        states.add(new State(committed, attached));
        if (durably) {
            durableStates = states.size();
        }
    }

    @Override
    public synchronized void putBack(List<Event> taken) {
        taken.forEach(event -> stored.put(event.sequence, event.batch));
    }
}
