package org.millrace.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.Channel;
import org.millrace.api.ChannelException;
import org.millrace.api.Transaction;
import org.millrace.codec.EventBatch;

/**
 * A channel for tests of sinks and routes, in modules that see no real one: keeps batches as they come, without a limit, and refuses
 * when it is told to. Thread-safe.
 */
public final class FakeChannel implements Channel {
    private final String name;
    private final Deque<EventBatch> stored = new ArrayDeque<>();
    private final List<Runnable> roomListeners = new ArrayList<>();
    private boolean room = true;
    private @Nullable RuntimeException refusal;
    private int openTransactions;
    private final Map<String, byte[]> attached = new HashMap<>();

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
        stored.forEach(EventBatch::release);
        stored.clear();
    }

    @Override
    public synchronized CompletableFuture<Void> submit(EventBatch batch) {
        if (refusal != null) {
            batch.release();
            return CompletableFuture.failedFuture(refusal);
        }
        stored.addLast(batch);
        notifyAll();
        return CompletableFuture.completedFuture(null);
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
        return stored.stream().flatMap(batch -> Batches.bodies(batch).stream()).toList();
    }

    /** The headers of the events that are in the channel and not taken, oldest first. */
    public synchronized List<Map<String, String>> headers() {
        return stored.stream().flatMap(batch -> Batches.headers(batch).stream()).toList();
    }

    /** Transactions that were begun and not closed. */
    public synchronized int openTransactions() {
        return openTransactions;
    }

    private final class FakeTransaction implements Transaction {
        private final List<EventBatch> puts = new ArrayList<>();
        private final Deque<EventBatch> taken = new ArrayDeque<>();
        private final Map<String, byte[]> toAttach = new HashMap<>();
        private boolean committed;
        private boolean closed;

        @Override
        public void put(EventBatch batch) {
            puts.add(batch);
        }

        @Override
        public @Nullable EventBatch take(int maxEvents) {
            synchronized (FakeChannel.this) {
                EventBatch head = stored.pollFirst();
                if (head != null && head.events() > maxEvents) {
                    EventBatch.Split parts = head.split(maxEvents);
                    stored.addFirst(parts.tail());
                    head = parts.head();
                }
                if (head != null) {
                    taken.addLast(head);
                }
                return head;
            }
        }

        @Override
        public void attach(String owner, byte[] state) {
            toAttach.put(owner, state.clone());
        }

        @Override
        public void commit() {
            synchronized (FakeChannel.this) {
                if (refusal != null && !puts.isEmpty()) {
                    throw new ChannelException("put", refusal);
                }
                committed = true;
                attached.putAll(toAttach);
                stored.addAll(puts);
                puts.clear();
                FakeChannel.this.notifyAll();
            }
        }

        @Override
        public void close() {
            synchronized (FakeChannel.this) {
                if (closed) {
                    return;
                }
                closed = true;
                openTransactions--;
                puts.forEach(EventBatch::release);
                for (EventBatch batch; (batch = taken.pollLast()) != null; ) {
                    if (committed) {
                        batch.release();
                    } else {
                        stored.addFirst(batch);
                    }
                }
                FakeChannel.this.notifyAll();
            }
        }
    }
}
