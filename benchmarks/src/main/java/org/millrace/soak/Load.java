package org.millrace.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.millrace.client.EventLoops;
import org.millrace.client.RelayAddress;

/** Senders that go on whatever happens to their agent, until they are told to stop. Thread-safe. */
final class Load implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LoadPlan plan;
    private final SentLedger ledger = new SentLedger();

    /** So many may be acked by now. */
    private final AtomicLong ackedLimit;

    private long arrivedEvents;
    private long arrivedAt = System.nanoTime();
    private final LongAdder ackedBytes = new LongAdder();
    private final EventLoops loops = EventLoops.ofThreads(1);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile boolean isRunning = true;
    private volatile boolean isPaused;

    private Load(LoadPlan plan) {
        this.plan = plan;
        this.ackedLimit = new AtomicLong(plan.mostInside());
    }

    static Load start(LoadPlan plan, RelayAddress agent, RestartClock clock) {
        Load load = new Load(plan);
        for (int i = 0; i < plan.connections(); i++) {
            Thread thread = new Thread(new Sender(load, plan, agent, clock, i), "sender-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
            thread.start();
        }
        return load;
    }

    SentLedger ledger() {
        return ledger;
    }

    EventLoops loops() {
        return loops;
    }

    /**
     * How many different events the receiver has. Where none come for a while, those inside count as lost: or a channel that loses
     * events would never be loaded again.
     */
    synchronized void arrived(long events) {
        long now = System.nanoTime();
        if (events > arrivedEvents) {
            ackedLimit.addAndGet(events - arrivedEvents);
            arrivedEvents = events;
            arrivedAt = now;
        } else if (now - arrivedAt > STALL_NANOS) {
            ackedLimit.set(ledger.ackedEvents() + plan.mostInside());
            arrivedAt = now;
        }
    }

    /** Nothing more is sent; what is on its way may still be acked until {@link #isQuiet}. */
    void pause() {
        isPaused = true;
    }

    /** True once a load that was paused has an answer to each batch, or has lost its connection. */
    boolean isQuiet() {
        return unanswered.get() == 0;
    }

    /** True if a batch may be sent now; then its end is to be told by {@link #answered}. */
    boolean beginBatch() {
        unanswered.incrementAndGet(); // first: who has paused us and then finds none unanswered can be sure of it
        if (isPaused) {
            unanswered.decrementAndGet();
            return false;
        }
        return true;
    }

    void answered() {
        unanswered.decrementAndGet();
    }

    void resume() {
        isPaused = false;
    }

    boolean isRunning() {
        return isRunning;
    }

    /** Waits while so much is inside that no more should be sent. False if nothing more should be sent at all. */
    boolean awaitTurn() {
        while (isRunning && (isPaused || ledger.ackedEvents() > ackedLimit.get())) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return isRunning;
    }

    void acked(long first, int events, int bytes) {
        ledger.acked(first, events);
        ackedBytes.add(bytes);
    }

    /** Bytes of all acked events, as encoded. */
    long ackedBytes() {
        return ackedBytes.sum();
    }

    /** Waits until every batch that was sent is answered, or its connection gone. Twice if asked. */
    void stop() throws InterruptedException {
        isRunning = false;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        isRunning = false;
        loops.close();
    }
}
