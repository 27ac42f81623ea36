package org.millrace.relay.source.generate;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.support.BatchReader;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/**
 * The same event again and again, so many a second. The batch is encoded once, and handed out as often as it is wanted. {@link #wake}: any
 * thread; everything else: one.
 */
final class SameEvents implements BatchReader {
    private static final byte[] NO_HEADERS = EventBatchBuilder.encodeHeaders(Map.of());

    private final Plan plan;
    private final byte[] body;

    private @Nullable EventBatch full;
    private long read;
    private long committed;
    private long nextNanos = System.nanoTime();
    private boolean isWoken;

    /**
     * What to make.
     *
     * @param bodyBytes of 0x7F
     * @param maxTotal events in all; -1: no limit
     * @param maxSuccessful no batch is begun with so many events in the channels; -1: no limit
     * @param maxPerSecond 0: no limit
     */
    record Plan(int bodyBytes, int batchEvents, long maxTotal, long maxSuccessful, int maxPerSecond) {}

    SameEvents(Plan plan) {
        this.plan = plan;
        this.body = new byte[plan.bodyBytes()];
        Arrays.fill(body, Byte.MAX_VALUE);
    }

    @Override
    public @Nullable EventBatch read() throws InterruptedException {
        boolean isOver = (plan.maxTotal() >= 0 && read >= plan.maxTotal())
                || (plan.maxSuccessful() >= 0 && committed >= plan.maxSuccessful());
        if (isOver) {
            return null;
        }
        int events =
                plan.maxTotal() < 0 ? plan.batchEvents() : (int) Math.min(plan.batchEvents(), plan.maxTotal() - read);
        if (!hasTurn(events)) {
            return null;
        }
        read += events;
        return batch(events);
    }

    @Override
    public void commit() {
        committed = read;
    }

    @Override
    public void rollback() {
        read = committed;
    }

    @Override
    public synchronized void wake() {
        isWoken = true;
        notifyAll();
    }

    @Override
    public void close() {
        if (full != null) {
            full.release();
            full = null;
        }
    }

    private EventBatch batch(int events) {
        if (events < plan.batchEvents()) {
            return build(events);
        }
        EventBatch again = full;
        if (again == null) {
            again = build(events);
            full = again;
        }
        return again.retain();
    }

    private EventBatch build(int events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            for (int i = 0; i < events; i++) {
                builder.add(NO_HEADERS, body, 0, body.length);
            }
            return builder.build();
        }
    }

    /** Waits for the time that these events may come at; false if a stop comes first. */
    private synchronized boolean hasTurn(int events) throws InterruptedException {
        if (plan.maxPerSecond() == 0) {
            return true;
        }
        long now = System.nanoTime();
        while (nextNanos - now > 0 && !isWoken) {
            TimeUnit.NANOSECONDS.timedWait(this, nextNanos - now);
            now = System.nanoTime();
        }
        nextNanos = Math.max(nextNanos, now) + events * TimeUnit.SECONDS.toNanos(1) / plan.maxPerSecond();
        return !isWoken;
    }
}
