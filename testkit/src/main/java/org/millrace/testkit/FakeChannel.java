package org.millrace.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.Transaction;
import org.millrace.api.support.ChannelTransaction;
import org.millrace.api.support.Exchange;
import org.millrace.api.support.Put;
import org.millrace.api.support.TakenBatch;
import org.millrace.codec.EventBatch;
import org.millrace.codec.Origin;

/**
 * A channel for tests of sinks and routes, in modules that see no real one: keeps batches as they come, without a limit unless one is set, and refuses
 * when it is told to. Thread-safe.
 */
public final class FakeChannel implements Channel {
    private final String name;
    /** By the sequence of their first event. */
    private final TreeMap<Long, Stored> stored = new TreeMap<>();

    private long nextSequence;
    private final List<Runnable> roomListeners = new ArrayList<>();
    private final List<Origin> origins = new ArrayList<>();
    private boolean room = true;
    private @Nullable RuntimeException refusal;
    private int mostBatchEvents = Integer.MAX_VALUE;
    private @Nullable RuntimeException commitFailure;
    private int openTransactions;
    private int commits;
    private int durableCommits;
    private final Map<String, byte[]> attached = new HashMap<>();
    private final Way way = new Way();

    public FakeChannel(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int transactionCapacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void start() {}

    @Override
    public synchronized void close() {
        stored.values().forEach(each -> each.batch().release());
        stored.clear();
    }

    @Override
    public synchronized CompletableFuture<Void> submit(EventBatch batch) {
        String never = neverFits(batch);
        if (never != null) {
            batch.release();
            return CompletableFuture.failedFuture(new BatchTooLargeException(never));
        }
        if (refusal != null) {
            batch.release();
            return CompletableFuture.failedFuture(refusal);
        }
        store(batch);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized @Nullable String neverFits(EventBatch batch) {
        return batch.events() <= mostBatchEvents
                ? null
                : "channel " + name + ": " + batch.events() + " events at once (expected: at most " + mostBatchEvents
                        + ")";
    }

    /** Takes the batch over. */
    private synchronized void store(EventBatch batch) {
        if (batch.isEmpty()) {
            batch.release();
            return;
        }
        stored.put(nextSequence, new Stored(nextSequence, batch));
        nextSequence += batch.events();
        notifyAll();
    }

    @Override
    public synchronized CompletableFuture<Void> submitUnflushed(EventBatch batch, Origin origin) {
        origins.add(origin);
        return submit(batch);
    }

    /** Of the batches that came with one. */
    public synchronized List<Origin> origins() {
        return List.copyOf(origins);
    }

    @Override
    public synchronized boolean hasRoom() {
        return room;
    }

    @Override
    public void onRoom(Runnable action) {
        synchronized (this) {
            if (!room) {
                roomListeners.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public synchronized Transaction begin() {
        openTransactions++;
        return new FakeTransaction();
    }

    @Override
    public synchronized boolean awaitEvents(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        for (long left; stored.isEmpty() && (left = deadline - System.nanoTime()) > 0; ) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return !stored.isEmpty();
    }

    @Override
    public synchronized byte @Nullable [] attached(String owner) {
        byte[] state = attached.get(owner);
        return state == null ? null : state.clone();
    }

    /** From now on batches are refused with this, or taken again with null. */
    public synchronized void refuseWith(@Nullable RuntimeException failure) {
        refusal = failure;
    }

    /** From now on larger batches are refused by {@link #submit} as too large. */
    public synchronized void setMostBatchEvents(int events) {
        mostBatchEvents = events;
    }

    /** From now on commits of what was taken fail with this, or succeed again with null. */
    public synchronized void failCommitsWith(@Nullable RuntimeException failure) {
        commitFailure = failure;
    }

    /** Makes {@link #hasRoom} answer so, and tells who waits for room. */
    public void setRoom(boolean hasRoom) {
        List<Runnable> due;
        synchronized (this) {
            room = hasRoom;
            due = hasRoom ? List.copyOf(roomListeners) : List.of();
            roomListeners.removeAll(due);
        }
        due.forEach(Runnable::run);
    }

    /** The bodies of the events that are in the channel and not taken, oldest first. */
    public synchronized List<String> bodies() {
        return stored.values().stream()
                .flatMap(each -> Batches.bodies(each.batch()).stream())
                .toList();
    }

    /** The headers of the events that are in the channel and not taken, oldest first. */
    public synchronized List<Map<String, String>> headers() {
        return stored.values().stream()
                .flatMap(each -> Batches.headers(each.batch()).stream())
                .toList();
    }

    /** Transactions that were begun and not closed. */
    public synchronized int openTransactions() {
        return openTransactions;
    }

    /** Commits of what was taken or attached. */
    public synchronized int commits() {
        return commits;
    }

    /** Commits of what was taken or attached that had to be as safe as a put. */
    public synchronized int durableCommits() {
        return durableCommits;
    }

    private record Stored(long sequence, EventBatch batch) implements TakenBatch {}

    private final class Way implements Exchange<Stored> {
        @Override
        public String name() {
            return name;
        }

        @Override
        public int transactionCapacity() {
            return FakeChannel.this.transactionCapacity();
        }

        @Override
        public void putAndWait(Put put) {
            synchronized (FakeChannel.this) {
                if (refusal != null) {
                    put.release();
                    throw new ChannelException("put", refusal);
                }
                put.batches().forEach(FakeChannel.this::store);
            }
        }

        @Override
        public @Nullable Stored takeHead(int maxEvents) {
            synchronized (FakeChannel.this) {
                Map.Entry<Long, Stored> first = stored.pollFirstEntry();
                if (first == null || first.getValue().batch().events() <= maxEvents) {
                    return first == null ? null : first.getValue();
                }
                EventBatch.Split parts = first.getValue().batch().split(maxEvents);
                Stored rest = part(first.getValue(), maxEvents, parts.tail());
                stored.put(rest.sequence(), rest);
                return part(first.getValue(), 0, parts.head());
            }
        }

        @Override
        public Stored part(Stored whole, int skipped, EventBatch part) {
            return new Stored(whole.sequence() + skipped, part);
        }

        @Override
        public void forget(List<Stored> delivered, Map<String, byte[]> toAttach, boolean durably) {
            synchronized (FakeChannel.this) {
                if (commitFailure != null) {
                    throw commitFailure;
                }
                attached.putAll(toAttach);
                commits++;
                durableCommits += durably ? 1 : 0;
            }
        }

        @Override
        public void putBack(List<Stored> taken) {
            synchronized (FakeChannel.this) {
                taken.forEach(each -> stored.put(each.sequence(), each));
                FakeChannel.this.notifyAll();
            }
        }
    }

    /** As those of real channels, and counted. */
    private final class FakeTransaction implements Transaction {
        private final ChannelTransaction<Stored> real = new ChannelTransaction<>(way);
        private boolean closed;

        @Override
        public void put(EventBatch batch) {
            real.put(batch);
        }

        @Override
        public @Nullable EventBatch take(int maxEvents) {
            return real.take(maxEvents);
        }

        @Override
        public void attach(String owner, byte[] state) {
            real.attach(owner, state);
        }

        @Override
        public void commit() throws InterruptedException {
            real.commit();
        }

        @Override
        public void commitDurably() throws InterruptedException {
            real.commitDurably();
        }

        @Override
        public void handOver(int firstEvent, int events, Transaction to) {
            real.handOver(firstEvent, events, to instanceof FakeTransaction fake ? fake.real : to);
        }

        @Override
        public List<EventBatch> batches() {
            return real.batches();
        }

        @Override
        public void condense() {
            real.condense();
        }

        @Override
        public void close() {
            real.close();
            synchronized (FakeChannel.this) {
                openTransactions -= closed ? 0 : 1;
                closed = true;
            }
        }
    }
}
