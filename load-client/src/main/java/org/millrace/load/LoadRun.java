package org.millrace.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.millrace.client.RelayException;
import org.millrace.codec.EventBatch;

/**
 * One run, from the first connection to the last answer.
 *
 * <p>All state belongs to the thread that calls {@link #run}, the sender. Event loops note the time of an answer and put it into the
 * sender's inbox. In an open loop batch <i>n</i> has a moment at which it is meant to be sent, whatever became of those before, and
 * its latency counts from then: what waits behind a slow answer is measured as late as its sender would have felt it.
 */
final class LoadRun {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final LoadPlan plan;
    private final Events events;
    private final List<Executor> loops;
    private final SenderClock clock;
    private final OwnEffort effort;

    private final Inbox inbox;
    private final Failures failures = new Failures();
    private final Absence absence = new Absence();
    private final Tally tally;
    private final Connections connections;

    private long startNanos;
    private long measureFromNanos;
    private long nextBatch;
    private int inFlight;
    private long lastAnswerNanos;
    private long nextTickNanos;
    private @Nullable String gaveUp;
    private boolean measuring;

    /**
     * @param loops what the connections run on, to be asked now and then how long a task waits there
     * @param hops what the dialer's lines count
     */
    LoadRun(
            LoadPlan plan,
            Line.Dialer dialer,
            Events events,
            List<Executor> loops,
            SenderClock clock,
            OwnEffort effort,
            List<LoadListener> listeners,
            Hops hops) {
        this.plan = plan;
        this.events = events;
        this.loops = List.copyOf(loops);
        this.clock = clock;
        this.effort = effort;
        this.inbox = new Inbox(clock);
        this.tally = new Tally(listeners, hops);
        this.connections = new Connections(dialer, inbox, clock, tally, failures);
    }

    /**
     * Connects, sends, waits for the last answer.
     *
     * @throws IOException if a connection cannot be made at the start
     */
    LoadResult run() throws IOException, InterruptedException {
        try (connections) {
            connections.open(plan.connections(), plan.inFlight());
            begin();
            while (!isOver()) {
                turn();
            }
            return end();
        }
    }

    private void begin() {
        startNanos = clock.nanoTime();
        measureFromNanos = startNanos + plan.warmUp().toNanos();
        lastAnswerNanos = startNanos;
        nextTickNanos = startNanos;
        absence.begin(startNanos);
        connections.begin(startNanos);
        tally.begin(startNanos, measureFromNanos);
    }

    private void turn() throws InterruptedException {
        inbox.handle();
        if (!isOver()) {
            sendDue();
            tickIfDue();
            if (inbox.isEmpty()) {
                clock.park(pauseNanos());
            }
        }
    }

    // ---- sending ----

    private void sendDue() {
        while (connections.hasFree() && hasNext()) {
            long now = clock.nanoTime();
            long due = plan.isOpenLoop() ? startNanos + plan.intendedNanos(nextBatch) : now;
            if (due - now > 0 || !isSending(now)) {
                return;
            }
            Link.Slot slot = connections.take(now);
            if (slot != null) {
                send(slot, due, now);
            }
        }
    }

    /** True if there is a batch that was meant to be sent within the run. */
    private boolean hasNext() {
        return plan.eventsIn(nextBatch) > 0
                && (!plan.isOpenLoop() || plan.intendedNanos(nextBatch) < plan.sendingNanos());
    }

    private void send(Link.Slot slot, long due, long now) {
        long first = nextBatch * plan.batchEvents();
        int count = plan.eventsIn(nextBatch);
        nextBatch++;
        EventBatch batch = events.batch(first, count);
        try {
            Flight flight = new Flight(slot, first, count, batch.bodyBytes(), due, due - measureFromNanos >= 0);
            long freeSince = slot.freeSinceNanos;
            tally.sent(flight, plan.isOpenLoop() ? absence.ownDelayNanos(due, freeSince, now) : now - freeSince);
            inFlight++;
            slot.link.append(batch, first).whenComplete((stored, failure) -> {
                long at = clock.nanoTime();
                inbox.post(() -> answered(flight, at, failure));
            });
        } finally {
            batch.release();
        }
    }

    private void answered(Flight flight, long at, @Nullable Throwable failure) {
        inFlight--;
        lastAnswerNanos = at;
        connections.giveBack(flight.slot(), at);
        tally.answered(flight, at, fate(failure));
    }

    private LoadListener.Fate fate(@Nullable Throwable failure) {
        if (failure == null) {
            return LoadListener.Fate.ACKED;
        }
        failures.note(failure);
        Throwable cause = Failures.cause(failure);
        boolean refused = (cause instanceof RelayException known && known.isRefusal())
                || (cause instanceof UndeliveredException undelivered && undelivered.isRefusal());
        return refused ? LoadListener.Fate.REFUSED : LoadListener.Fate.UNKNOWN;
    }

    // ---- time ----

    private void tickIfDue() {
        long now = clock.nanoTime();
        if (now - nextTickNanos < 0) {
            return;
        }
        nextTickNanos = now + TICK_NANOS;
        if (!measuring && now - measureFromNanos >= 0) {
            measuring = true;
            effort.begin();
        }
        connections.redialDue(now);
        if (connections.downNanos(now) > plan.patience().toNanos()) {
            gaveUp = "no connection for " + plan.patience().toSeconds() + " s";
        }
        probeLoops(now);
        tally.endSecondIfDue(now, inFlight);
    }

    private void probeLoops(long now) {
        if (!measuring) {
            return;
        }
        for (Executor loop : loops) {
            loop.execute(() -> {
                long lag = clock.nanoTime() - now;
                inbox.post(() -> tally.loopLag(lag));
            });
        }
    }

    private long pauseNanos() {
        long now = clock.nanoTime();
        long tick = nextTickNanos - now;
        if (!connections.hasFree() || !plan.isOpenLoop() || !isSending(now)) {
            return Math.max(1, tick);
        }
        return Math.max(1, Math.min(tick, startNanos + plan.intendedNanos(nextBatch) - now));
    }

    private boolean isOver() {
        if (gaveUp != null) {
            return true;
        }
        return inFlight == 0 && !isSending(clock.nanoTime());
    }

    /** An open loop lasts as long as it was told to, also when no more batch is due. */
    private boolean isSending(long now) {
        return plan.eventsIn(nextBatch) > 0 && now - startNanos < plan.sendingNanos();
    }

    private LoadResult end() {
        long now = clock.nanoTime();
        long sendingNanos = Math.min(now - startNanos, plan.sendingNanos());
        countUnsent(startNanos + sendingNanos);
        tally.endSecond(now, inFlight);
        long answered = lastAnswerNanos - measureFromNanos;
        long measured = plan.durationNanos().isEmpty()
                ? answered
                : Math.max(answered, sendingNanos - plan.warmUp().toNanos());
        OwnEffort.Share share = measuring ? effort.end() : OwnEffort.Share.UNKNOWN;
        return new LoadResult(plan, tally.total(), Math.max(1, measured), share, failures.texts(), gaveUp);
    }

    private void countUnsent(long until) {
        while (plan.isOpenLoop() && hasNext()) {
            long due = startNanos + plan.intendedNanos(nextBatch);
            if (due - until >= 0) {
                return;
            }
            if (due - measureFromNanos >= 0) {
                tally.unsent(plan.eventsIn(nextBatch), until - due);
            }
            nextBatch++;
        }
    }
}
