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
 * in halves; refused is all that goes wrong but that no relay can be reached. The first event, if it is refused alone, is a suspect: a round
 * sends another one, and if that is taken, the suspect once more. After {@link #MOST_ROUNDS} rounds of "another is taken, it is not" it is
 * given up: it would hold up all others for ever. One that cannot even be encoded alone is given up at once. {@link #run}: its thread;
 * {@link #giveUp} and {@link #shipped}: any.
 */
final class Sender {
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final int MOST_FIRST_PAUSES = 50;
    static final Duration MOST_PAUSE = FIRST_PAUSE.multipliedBy(MOST_FIRST_PAUSES);

    private static final long MOST_BATCH_BYTES = 1 << 20;
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** So many refusals in a row may come from a channel that is full for a while. */
    private static final int MOST_REFUSALS = 5;

    /**
     * A relay that is only overloaded, or restarts, refuses at random, whatever an event is. What it takes next is the suspect, sent twice a
     * round, at least as often as two times in three: it loses so many rounds by chance once in 3^10.
     */
    private static final int MOST_ROUNDS = 10;

    /** What is in {@link #left} cannot make room for newer events: so many, or batches. */
    private static final int LEAST_IN_HAND = 16;

    private static final int BATCHES_IN_HAND = 4;

    private final String name;
    private final int batchEvents;
    private final EventBuffer buffer;
    private final Outlet outlet;
    private final Drops drops;
    private final ShipperListener listener;
    private final long firstPauseNanos;
    private final long mostPauseNanos;
    private final int mostInHand;

    private final AtomicLong shipped = new AtomicLong();
    private volatile boolean timeIsUp;

    /** Taken from the buffer and neither stored nor given up; oldest first. */
    private final List<EventBuffer.Entry> left = new ArrayList<>();

    /** Events in the next batch: fewer than a whole one while batches are refused. */
    private int most;

    /** Of the first batch, in a row. */
    private int refusals;
    /** That the first event has lost. */
    private int rounds;
    /** The one in {@link #left} to be tried next beside the first. */
    private int other = 1;

    private long pauseNanos;
    private boolean failing;
    private String lastFailure = "";
    private long lastFailureWarning;

    private enum Outcome {
        STORED,
        /** By a relay that could be reached; or they could not be sent to it. */
        REFUSED,
        /** Some of them could not be encoded, and are given up. */
        FEWER,
        /** No relay could be reached, or it was interrupted. */
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
        this.mostPauseNanos = MOST_FIRST_PAUSES * firstPauseNanos;
        this.mostInHand = Math.max(LEAST_IN_HAND, BATCHES_IN_HAND * batchEvents);
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
            case STORED -> stored(batch);
            case REFUSED -> refused(batch);
            case FEWER -> firstIsGone();
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

    /** @param batch the first events */
    private void stored(List<EventBuffer.Entry> batch) {
        taken(batch);
        firstIsGone();
        refusals = 0;
        most = (int) Math.min(batchEvents, 2L * most);
        if (failing && (most == batchEvents || left.isEmpty())) {
            failing = false;
            listener.info(name + ": events are stored again; " + drops.events() + " have been dropped so far");
        }
    }

    private void taken(List<EventBuffer.Entry> events) {
        shipped.addAndGet(events.size());
        remove(events);
        pauseNanos = firstPauseNanos;
    }

    private void firstIsGone() {
        rounds = 0;
        other = 1;
    }

    private void refused(List<EventBuffer.Entry> batch) throws InterruptedException {
        refusals++;
        boolean isStubborn = refusals >= MOST_REFUSALS || most < batchEvents;
        if (isStubborn && batch.size() == 1) {
            compareWithAnother(batch);
        } else if (isStubborn) {
            most = batch.size() / 2;
        }
        pause();
    }

    /** The rest of a round, once the first event is refused alone. */
    private void compareWithAnother(List<EventBuffer.Entry> first) throws InterruptedException {
        if (!sendAnother()) {
            return;
        }
        switch (send(first)) {
            case STORED -> stored(first);
            case REFUSED -> {
                rounds++;
                if (rounds == MOST_ROUNDS) {
                    giveUp(first.get(0));
                }
            }
            case FEWER -> firstIsGone();
            case FAILED -> {
                // nothing is known of it
            }
        }
    }

    /** Goes on with the next one after one that is refused, so that several that are refused in a row do not hide the others. */
    private boolean sendAnother() throws InterruptedException {
        EventBuffer.Entry event = another();
        if (event == null) {
            return false;
        }
        List<EventBuffer.Entry> alone = List.of(event);
        switch (send(alone)) {
            case STORED -> {
                taken(alone);
                return true;
            }
            case REFUSED -> other++;
            case FEWER, FAILED -> {
                // nothing is known of it
            }
        }
        return false;
    }

    private EventBuffer.@Nullable Entry another() {
        if (other >= left.size() && left.size() < mostInHand) {
            left.addAll(buffer.poll(1, MOST_BATCH_BYTES));
        }
        if (other >= left.size()) {
            other = 1;
        }
        return other < left.size() ? left.get(other) : null;
    }

    private void giveUp(EventBuffer.Entry event) {
        remove(List.of(event));
        firstIsGone();
        String why = "relays take others, and not an event of " + event.body().length + " bytes: " + lastFailure;
        drops.add(1, Drops.Reason.REFUSED, why);
    }

    /** They are gone, stored or not. */
    private void remove(List<EventBuffer.Entry> events) {
        left.removeAll(events);
        buffer.done(events);
    }

    private Outcome send(List<EventBuffer.Entry> events) throws InterruptedException {
        try {
            return encodeAndSend(events);
        } catch (InterruptedException e) {
            endIfTimeIsUp(e);
            return Outcome.FAILED;
        } catch (RefusedException
                | RuntimeException
                | Error e) { // no memory for the bytes, say: of all events, or of this one
            warn(e);
            return Outcome.REFUSED;
        } catch (IOException e) {
            warn(e);
            return Outcome.FAILED;
        }
    }

    private Outcome encodeAndSend(List<EventBuffer.Entry> events) throws IOException, InterruptedException {
        EventBatch batch;
        try {
            batch = encode(events);
        } catch (RuntimeException e) {
            if (giveUpUnencodable(events)) {
                return Outcome.FEWER;
            }
            throw e; // it is only together that they cannot be
        }
        try {
            outlet.send(batch);
            return Outcome.STORED;
        } finally {
            batch.release();
        }
    }

    private boolean giveUpUnencodable(List<EventBuffer.Entry> events) {
        boolean isAny = false;
        for (EventBuffer.Entry event : events) {
            try {
                encode(List.of(event)).release();
            } catch (RuntimeException e) {
                isAny = true;
                remove(List.of(event));
                drops.add(1, Drops.Reason.UNENCODABLE, "an event cannot be encoded: " + e);
            }
        }
        return isAny;
    }

    private void warn(Throwable e) {
        lastFailure = String.valueOf(e.getMessage());
        long now = System.nanoTime();
        if (!failing || now - lastFailureWarning >= WARN_NANOS) {
            listener.warn(name + ": events are not stored, and wait: " + e.getMessage(), e);
            lastFailureWarning = now;
        }
        failing = true;
    }

    private void pause() throws InterruptedException {
        long nanos = pauseNanos - ThreadLocalRandom.current().nextLong(pauseNanos / 2 + 1);
        pauseNanos = Math.min(2 * pauseNanos, mostPauseNanos);
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
