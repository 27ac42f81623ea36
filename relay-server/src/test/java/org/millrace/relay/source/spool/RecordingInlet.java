package org.millrace.relay.source.spool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.api.Inlet;
import org.millrace.codec.EventBatch;

/** Channels that keep what they get, refuse as often as they are told, and can be made to hold on to a batch. */
final class RecordingInlet implements Inlet {
    final List<SpoolDirectory.Read> events = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger refusalsLeft = new AtomicInteger();
    final AtomicInteger puts = new AtomicInteger();
    volatile Supplier<RuntimeException> refusal = () -> new ChannelException("full");
    /** From this put on all are refused; the first one is 1. */
    volatile int refusalsFrom = Integer.MAX_VALUE;

    volatile int mostBytes = Integer.MAX_VALUE;
    volatile CountDownLatch gate = new CountDownLatch(0);

    List<String> texts() {
        synchronized (events) {
            return SpoolDirectory.texts(events);
        }
    }

    @Override
    public void put(EventBatch batch) throws InterruptedException {
        int number = puts.incrementAndGet();
        try {
            gate.await();
            if (number >= refusalsFrom || refusalsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw refusal.get();
            }
            if (batch.encodedBytes() > mostBytes) {
                throw new BatchTooLargeException(batch.encodedBytes() + " bytes at once");
            }
            batches.add(batch.events());
            events.addAll(SpoolDirectory.eventsOf(batch.retain()));
        } finally {
            batch.release();
        }
    }

    @Override
    public CompletableFuture<Void> submit(EventBatch batch) {
        throw new UnsupportedOperationException("the source has a thread of its own");
    }

    @Override
    public boolean hasRoom() {
        return true;
    }

    @Override
    public void onRoom(Runnable action) {
        action.run();
    }
}
