package org.millrace.listener;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.api.BatchTooLargeException;
import org.millrace.api.ChannelException;
import org.millrace.codec.EventBatch;

/**
 * Takes the batches of one connection to the inlet in their order, so many at a time. What a channel refuses is put again until it is
 * taken, where nobody is there who would send it again; otherwise the refusal is told. A batch that is too large for a channel, or that
 * breaks something, such as an interceptor, is put again in halves, until the one event that does so is found: that is refused, as {@link
 * Outcome} is told. After a refusal a batch may have overtaken another; else the order is kept. The connection's event loop only, but for
 * {@link #abandon}; it outlives its connection.
 */
public final class BatchPuts {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final Channel connection;
    private final SourceBatches source;
    private final InletFlush flush;
    private final int maxInFlight;
    private final boolean keepsRefused;
    private final Outcome outcome;

    private final Deque<EventBatch> waiting = new ArrayDeque<>();
    /** In the order of their serials. */
    private final List<Refused> refused = new ArrayList<>();

    private long nextSerial;
    private int inFlight;
    private boolean isPumping;
    private boolean isPausing;
    private boolean mayGoOnAtOnce;
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    /** What becomes of batches, or of parts of them; told in their order if only one is in flight at a time. On the event loop. */
    public interface Outcome {
        /** A batch, or a part of one, is to be settled. */
        default void began() {}

        /** So many more events are in all required channels. */
        default void stored(int events) {}

        /** So many more events will not be stored. */
        default void refused(int events, Throwable why) {}

        /** One that {@link #began} is settled. */
        default void ended() {}
    }

    private record Refused(long serial, EventBatch batch) {}

    BatchPuts(
            Channel connection,
            SourceBatches source,
            InletFlush flush,
            int maxInFlight,
            boolean keepsRefused,
            Outcome outcome) {
        this.connection = connection;
        this.source = source;
        this.flush = flush;
        this.maxInFlight = maxInFlight;
        this.keepsRefused = keepsRefused;
        this.outcome = outcome;
    }

    /** True if every event was stored or given up. */
    public boolean isSettled() {
        return waiting.isEmpty() && inFlight == 0 && refused.isEmpty();
    }

    /** Puts a batch, after those before it. Takes it over. */
    public void put(EventBatch batch) {
        source.figures.received(batch.events());
        source.pending.add(PendingBytes.costOf(batch));
        source.holds(this);
        outcome.began();
        waiting.add(batch);
        pump();
    }

    /** Gives up everything, for a source that ends; by any thread, once the event loop has ended. */
    void abandon() {
        int events = 0;
        refused.forEach(one -> waiting.add(one.batch()));
        for (EventBatch batch : waiting) {
            events += batch.events();
            letGo(batch);
        }
        waiting.clear();
        refused.clear();
        if (events > 0) {
            source.figures.dropped(events);
            source.log.dropped(connection, events, "no channel took them before the source ended");
        }
    }

    private void pump() {
        if (isPumping) {
            return;
        }
        isPumping = true;
        boolean goesOn = true;
        while (goesOn) {
            while (inFlight < maxInFlight && refused.isEmpty() && !isPausing && !waiting.isEmpty()) {
                submit(waiting.poll());
            }
            goesOn = goOnAfterRefusals();
        }
        isPumping = false;
        if (isSettled()) {
            source.holdsNothing(this);
        }
    }

    private void submit(EventBatch batch) {
        inFlight++;
        long serial = nextSerial++;
        long begun = System.nanoTime();
        CompletableFuture<Void> stored = source.inlet.submitUnflushed(batch.retain()); // ours until it is settled
        flush.submitted();
        if (stored.isDone() && !stored.isCompletedExceptionally()) {
            settle(batch, serial, begun, null);
        } else {
            stored.whenComplete((done, failure) -> settled(batch, serial, begun, failure));
        }
    }

    /** Any thread. */
    private void settled(EventBatch batch, long serial, long begun, @Nullable Throwable failure) {
        if (connection.eventLoop().inEventLoop()) {
            settle(batch, serial, begun, failure);
            return;
        }
        try {
            connection.eventLoop().execute(() -> settle(batch, serial, begun, failure));
        } catch (RejectedExecutionException e) {
            settleAfterEnd(batch, begun, failure);
        }
    }

    /** The source has ended, and with it who would have been told, or would have put the batch again. Any thread. */
    private void settleAfterEnd(EventBatch batch, long begun, @Nullable Throwable failure) {
        int events = batch.events();
        letGo(batch);
        if (failure == null) {
            source.figures.stored(events, System.nanoTime() - begun);
            return;
        }
        source.figures.notStored();
        if (keepsRefused) {
            source.figures.dropped(events);
            source.log.dropped(connection, events, causeOf(failure).getMessage() + ", and the source has ended");
        }
    }

    private void settle(EventBatch batch, long serial, long begun, @Nullable Throwable failure) {
        inFlight--;
        if (failure == null) {
            pauseMillis = FIRST_PAUSE_MILLIS;
            source.figures.stored(batch.events(), System.nanoTime() - begun);
            int events = batch.events();
            letGo(batch);
            outcome.stored(events);
            outcome.ended();
        } else {
            refuse(batch, serial, causeOf(failure));
        }
        pump();
    }

    private void refuse(EventBatch batch, long serial, Throwable why) {
        boolean isTooLarge = why instanceof BatchTooLargeException;
        boolean mayHeal = why instanceof ChannelException && !isTooLarge;
        if (!mayHeal && batch.events() > 1) {
            long cost = PendingBytes.costOf(batch);
            EventBatch.Split halves = batch.split((batch.events() + 1) / 2);
            source.pending.add(PendingBytes.costOf(halves.head()) + PendingBytes.costOf(halves.tail()) - cost);
            outcome.began(); // one has become two
            add(new Refused(serial, halves.head()));
            add(new Refused(serial, halves.tail()));
            mayGoOnAtOnce = true;
        } else if (isTooLarge && keepsRefused) {
            source.figures.notStored();
            source.log.dropped(connection, batch.events(), String.valueOf(why.getMessage()));
            giveUp(batch, why);
        } else if (!(why instanceof ChannelException)) {
            source.figures.broken();
            source.log.fault(connection, why);
            giveUp(batch, why);
        } else {
            source.figures.notStored();
            if (keepsRefused) {
                source.figures.kept();
                source.log.kept(connection, batch.events(), why);
                add(new Refused(serial, batch));
                mayGoOnAtOnce = false;
            } else {
                source.log.notStored(connection, batch.events(), why);
                giveUp(batch, why);
            }
        }
    }

    private void giveUp(EventBatch batch, Throwable why) {
        int events = batch.events();
        letGo(batch);
        if (keepsRefused) {
            source.figures.dropped(events);
        }
        outcome.refused(events, why);
        outcome.ended();
    }

    private void add(Refused one) {
        int at = refused.size();
        while (at > 0 && refused.get(at - 1).serial() > one.serial()) {
            at--;
        }
        refused.add(at, one);
    }

    /**
     * Once nothing is in flight what was refused goes first again, after a pause unless it is in smaller parts.
     *
     * @return whether it goes at once
     */
    private boolean goOnAfterRefusals() {
        if (inFlight > 0 || refused.isEmpty() || isPausing) {
            return false;
        }
        if (mayGoOnAtOnce) {
            mayGoOnAtOnce = false;
            putRefusedFirst();
            return true;
        }
        isPausing = true;
        connection
                .eventLoop()
                .schedule(
                        () -> {
                            isPausing = false;
                            putRefusedFirst();
                            pump();
                        },
                        pauseMillis,
                        TimeUnit.MILLISECONDS);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        return false;
    }

    private void putRefusedFirst() {
        for (int i = refused.size() - 1; i >= 0; i--) {
            waiting.addFirst(refused.get(i).batch());
        }
        refused.clear();
    }

    private void letGo(EventBatch batch) {
        source.pending.remove(PendingBytes.costOf(batch));
        batch.release();
    }

    private static Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
