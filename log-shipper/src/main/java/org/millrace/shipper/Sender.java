package org.millrace.shipper;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.millrace.codec.EventBatch;
import org.millrace.codec.EventBatchBuilder;

/**
 * Sends what is in the buffer, batch after batch and in order, each until a relay has it. A batch that is refused again and again is sent
 * in halves. An event that is refused alone, while another one is taken, is given up: it would hold up all others for ever. {@link #run}:
 * its thread; {@link #giveUp} and {@link #shipped}: any.
 */
final class Sender {
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    static final Duration MOST_PAUSE = Duration.ofSeconds(5);

    private static final long MOST_BATCH_BYTES = 1 << 20;
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** So many refusals in a row may come from a channel that is full for a while. */
    private static final int MOST_REFUSALS = 5;

    private final String name;
    private final int batchEvents;
    private final EventBuffer buffer;
    private final Outlet outlet;
    private final Drops drops;
    private final ShipperListener listener;
    private final long firstPauseNanos;

    private final AtomicLong shipped = new AtomicLong();
    private volatile boolean timeIsUp;

    /** Taken from the buffer and neither stored nor given up; oldest first. */
    private final List<EventBuffer.Entry> left = new ArrayList<>();

    /** Events in the next batch: fewer than a whole one while batches are refused. */
    private int most;

    private int refusals;
    /** The one in {@link #left} that was last tried instead of the first, which is refused alone. */
    private int other;

    private long pauseNanos;
    private boolean failing;
    private long lastFailureWarning;

    private enum Outcome {
        STORED,
        /** By an answer. */
        REFUSED,
        FAILED
    }

    Sender(
            String name,
            int batchEvents,
            EventBuffer buffer,
            Outlet outlet,
            Drops drops,
            ShipperListener listener,
            Duration firstPause) {
        this.name = name;
        this.batchEvents = batchEvents;
        this.buffer = buffer;
        this.outlet = outlet;
        this.drops = drops;
        this.listener = listener;
        this.firstPauseNanos = firstPause.toNanos();
        this.most = batchEvents;
        this.pauseNanos = firstPauseNanos;
    }

    /** Events that a relay has stored. */
    long shipped() {
        return shipped.get();
    }

    /** The next interrupt of the thread ends {@link #run}; any other one is somebody's mistake. */
    void giveUp() {
        timeIsUp = true;
    }

    /** Returns once the buffer is closed and empty. */
    void run() throws InterruptedException {
        while (!left.isEmpty() || take()) {
            sendNext();
        }
    }

    private boolean take() throws InterruptedException {
        while (true) {
            try {
                left.addAll(buffer.take(batchEvents, MOST_BATCH_BYTES));
                return !left.isEmpty();
            } catch (InterruptedException e) {
                endIfTimeIsUp(e);
            }
        }
    }

    private void sendNext() throws InterruptedException {
        List<EventBuffer.Entry> batch = nextBatch();
        switch (send(batch)) {
            case STORED -> {
                stored(batch);
                other = 0;
            }
            case REFUSED -> refused(batch);
            case FAILED -> pause();
        }
    }

    private List<EventBuffer.Entry> nextBatch() {
        List<EventBuffer.Entry> batch = new ArrayList<>();
        long bytes = 0;
        for (EventBuffer.Entry event : left) {
            if (batch.size() == most || bytes >= MOST_BATCH_BYTES) {
                break;
            }
            batch.add(event);
            bytes += event.bytes();
        }
        return batch;
    }

    private void stored(List<EventBuffer.Entry> batch) {
        shipped.addAndGet(batch.size());
        remove(batch);
        refusals = 0;
        pauseNanos = firstPauseNanos;
        most = (int) Math.min(batchEvents, 2L * most);
        if (failing && (most == batchEvents || left.isEmpty())) {
            failing = false;
            listener.info(name + ": events are stored again; " + drops.events() + " have been dropped so far");
        }
    }

    private void refused(List<EventBuffer.Entry> batch) throws InterruptedException {
        refusals++;
        boolean isStubborn = refusals >= MOST_REFUSALS || most < batchEvents;
        if (isStubborn && batch.size() == 1 && sendAnother()) {
            sendOnceMore(List.copyOf(left.subList(0, other)));
            other = 0;
            return;
        }
        if (isStubborn) {
            most = Math.max(1, batch.size() / 2);
        }
        pause();
    }

    /** Tries an event behind the first one, another one each time, so that several that are refused in a row do not hide the others. */
    private boolean sendAnother() throws InterruptedException {
        EventBuffer.Entry event = another();
        if (event == null || send(List.of(event)) != Outcome.STORED) {
            return false;
        }
        stored(List.of(event));
        return true;
    }

    private EventBuffer.@Nullable Entry another() {
        other++;
        if (other >= left.size()) {
            left.addAll(buffer.poll(1, MOST_BATCH_BYTES));
        }
        if (other >= left.size()) {
            other = 1;
        }
        return other < left.size() ? left.get(other) : null;
    }

    /** Those that were refused while the one behind them is taken: if they are refused now as well, it is for what they are. */
    private void sendOnceMore(List<EventBuffer.Entry> suspects) throws InterruptedException {
        for (EventBuffer.Entry suspect : suspects) {
            List<EventBuffer.Entry> alone = List.of(suspect);
            Outcome outcome = send(alone);
            if (outcome == Outcome.STORED) {
                stored(alone);
            } else if (outcome == Outcome.REFUSED) {
                remove(alone);
                String why = "the relay refuses an event of " + suspect.body().length + " bytes and takes others";
                drops.add(1, Drops.Reason.REFUSED, why);
            }
        }
    }

    /** They are gone, stored or not. */
    private void remove(List<EventBuffer.Entry> events) {
        left.removeAll(events);
        buffer.done(events);
    }

    private Outcome send(List<EventBuffer.Entry> events) throws InterruptedException {
        EventBatch batch = encode(events);
        try {
            outlet.send(batch);
            return Outcome.STORED;
        } catch (InterruptedException e) {
            endIfTimeIsUp(e);
            return Outcome.FAILED;
        } catch (IOException | RuntimeException e) {
            warn(e);
            return e instanceof RefusedException ? Outcome.REFUSED : Outcome.FAILED;
        } finally {
            batch.release();
        }
    }

    private void warn(Exception e) {
        long now = System.nanoTime();
        if (!failing || now - lastFailureWarning >= WARN_NANOS) {
            listener.warn(name + ": events are not stored, and wait: " + e.getMessage(), e);
            lastFailureWarning = now;
        }
        failing = true;
    }

    private void pause() throws InterruptedException {
        long nanos = pauseNanos - ThreadLocalRandom.current().nextLong(pauseNanos / 2 + 1);
        pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE.toNanos());
        try {
            if (buffer.isClosed()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(nanos, FIRST_PAUSE.toNanos())); // who closes it bounds the time
            } else {
                buffer.pause(nanos);
            }
        } catch (InterruptedException e) {
            endIfTimeIsUp(e);
        }
    }

    private void endIfTimeIsUp(InterruptedException e) throws InterruptedException {
        if (timeIsUp) {
            throw e;
        }
    }

    private static EventBatch encode(List<EventBuffer.Entry> events) {
        try (EventBatchBuilder builder = new EventBatchBuilder()) {
            events.forEach(event -> builder.add(event.headers(), event.body()));
            return builder.build();
        }
    }
}
