package org.millrace.load;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoadPlan plan;
    private final Line.Dialer dialer;
    private final Events events;
    private final List<Executor> loops;
    private final SenderClock clock;
    private final OwnEffort effort;
    private final List<LoadListener> listeners;

    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final List<Link> links = new ArrayList<>();
    /** Free places, the one that has been free for longest first: so connections take turns. */
    private final Deque<Link.Slot> free = new ArrayDeque<>();

    private final Figures total = new Figures();
    private Figures second = new Figures();
    private final List<String> failures = new ArrayList<>();

    private long startNanos;
    private long measureFromNanos;
    private long nextBatch;
    private int inFlight;
    private int linksDown;
    private long downSinceNanos;
    private long lastAnswerNanos;
    /** When there was a place and something to send, and the sender was not there. */
    private long absentFromNanos;

    private long absentUntilNanos;
    private long secondStartNanos;
    private long nextTickNanos;
    private @Nullable String gaveUp;
    private boolean measuring;

    /** @param loops what the connections run on, to be asked now and then how long a task waits there */
    LoadRun(
            LoadPlan plan,
            Line.Dialer dialer,
            Events events,
            List<Executor> loops,
            SenderClock clock,
            OwnEffort effort,
            List<LoadListener> listeners) {
        this.plan = plan;
        this.dialer = dialer;
        this.events = events;
        this.loops = List.copyOf(loops);
        this.clock = clock;
        this.effort = effort;
        this.listeners = List.copyOf(listeners);
    }

    /**
     * Connects, sends, waits for the last answer.
     *
     * @throws IOException if a connection cannot be made at the start
     */
    LoadResult run() throws IOException, InterruptedException {
        try {
            connect();
            begin();
            while (!isOver()) {
                turn();
            }
            return end();
        } finally {
            links.forEach(Link::close);
        }
    }

    private void turn() throws InterruptedException {
        handleInbox();
        if (!isOver()) {
            sendDue();
            tickIfDue();
            if (inbox.isEmpty()) {
                clock.park(pauseNanos());
            }
        }
    }

    private void connect() throws IOException, InterruptedException {
        for (int i = 0; i < plan.connections(); i++) {
            Link link = new Link();
            links.add(link);
            for (int place = 0; place < plan.inFlight(); place++) {
                link.park(new Link.Slot(link));
            }
            dial(link);
        }
        linksDown = links.size();
        while (linksDown > 0) {
            handleInbox();
            if (!failures.isEmpty()) {
                throw new IOException(failures.get(0));
            }
            if (linksDown > 0 && inbox.isEmpty()) {
                clock.park(TICK_NANOS);
            }
        }
    }

    private void begin() {
        startNanos = clock.nanoTime();
        measureFromNanos = startNanos + plan.warmUp().toNanos();
        lastAnswerNanos = startNanos;
        absentFromNanos = startNanos;
        absentUntilNanos = startNanos;
        secondStartNanos = startNanos;
        nextTickNanos = startNanos;
        free.forEach(slot -> slot.freeSinceNanos = startNanos);
        second = new Figures();
    }

    private void handleInbox() {
        for (Runnable message = inbox.poll(); message != null; message = inbox.poll()) {
            message.run();
        }
    }

    private void post(Runnable message) {
        inbox.add(message);
        clock.wake();
    }

    // ---- sending ----

    private void sendDue() {
        while (!free.isEmpty() && hasNext()) {
            long now = clock.nanoTime();
            long due = plan.isOpenLoop() ? startNanos + plan.intendedNanos(nextBatch) : now;
            if (due - now > 0 || !isSending(now)) {
                return;
            }
            Link.Slot slot = free.remove();
            Line line = slot.link.line();
            if (line == null) {
                slot.link.park(slot);
                lost(slot.link, now);
            } else {
                send(slot, line, due, now);
            }
        }
    }

    /** True if there is a batch that was meant to be sent within the run. */
    private boolean hasNext() {
        return plan.eventsIn(nextBatch) > 0
                && (!plan.isOpenLoop() || plan.intendedNanos(nextBatch) < plan.sendingNanos());
    }

    private void send(Link.Slot slot, Line line, long due, long now) {
        long first = nextBatch * plan.batchEvents();
        int count = plan.eventsIn(nextBatch);
        nextBatch++;
        EventBatch batch = events.batch(first, count);
        try {
            Flight flight = new Flight(slot, first, count, batch.bodyBytes(), due, due - measureFromNanos >= 0);
            if (flight.measured()) {
                Figures.record(second.ownDelayNanos, ownDelay(slot, due, now));
                second.sentEvents += count;
            }
            inFlight++;
            line.append(batch).whenComplete((stored, failure) -> {
                long at = clock.nanoTime();
                post(() -> answered(flight, at, failure));
            });
        } finally {
            batch.release();
        }
    }

    /**
     * How much later than possible we are. Who sleeps through a second makes all that was due in it late, also what then waits for a
     * place: so each of those counts from when it was due until we woke up.
     */
    private long ownDelay(Link.Slot slot, long due, long now) {
        if (!plan.isOpenLoop()) {
            return now - slot.freeSinceNanos;
        }
        long couldSince = Math.max(due, slot.freeSinceNanos);
        boolean isLonger = now - couldSince > absentUntilNanos - absentFromNanos;
        if (isLonger
                || due - absentUntilNanos >= 0) { // in the latter case nothing is left that was due in the last absence
            absentFromNanos = couldSince;
            absentUntilNanos = now;
        }
        boolean dueInAbsence = due - absentFromNanos >= 0 && due - absentUntilNanos < 0;
        return Math.max(now - couldSince, dueInAbsence ? absentUntilNanos - due : 0);
    }

    private void answered(Flight flight, long at, @Nullable Throwable failure) {
        inFlight--;
        lastAnswerNanos = at;
        Link.Slot slot = flight.slot();
        slot.freeSinceNanos = at;
        LoadListener.Fate fate = fate(failure);
        if (slot.link.line() == null) {
            slot.link.park(slot);
            lost(slot.link, at);
        } else {
            free.add(slot);
        }
        count(flight, at, fate);
        listeners.forEach(listener -> listener.batch(flight.first(), flight.events(), fate));
    }

    private LoadListener.Fate fate(@Nullable Throwable failure) {
        if (failure == null) {
            return LoadListener.Fate.ACKED;
        }
        Throwable cause = cause(failure);
        note(cause);
        return cause instanceof RelayException known && known.isRefusal()
                ? LoadListener.Fate.REFUSED
                : LoadListener.Fate.UNKNOWN;
    }

    private void count(Flight flight, long at, LoadListener.Fate fate) {
        if (!flight.measured()) {
            return;
        }
        switch (fate) {
            case ACKED -> {
                Figures.record(second.latencyNanos, at - flight.startNanos());
                second.ackedEvents += flight.events();
                second.ackedBodyBytes += flight.bodyBytes();
            }
            case REFUSED -> second.refusedEvents += flight.events();
            case UNKNOWN -> second.unknownEvents += flight.events();
        }
    }

    // ---- connections ----

    private void dial(Link link) {
        link.dialing();
        dialer.dial().whenComplete((line, failure) -> post(() -> dialed(link, line, failure)));
    }

    private void dialed(Link link, @Nullable Line line, @Nullable Throwable failure) {
        long now = clock.nanoTime();
        if (line != null) {
            linksDown--;
            second.reconnects++;
            free.addAll(link.connected(line, now));
        } else if (failure != null) {
            note(cause(failure));
            link.failed(now);
        }
    }

    /** Called for each of its places; the first one counts. */
    private void lost(Link link, long now) {
        if (link.goDown()) {
            linksDown++;
            if (linksDown == links.size()) {
                downSinceNanos = now;
            }
            dial(link);
        }
    }

    private void redialDue(long now) {
        if (linksDown == 0) {
            return;
        }
        for (Link link : links) {
            if (link.isDialDue(now)) {
                dial(link);
            }
        }
        if (linksDown == links.size() && now - downSinceNanos > plan.patience().toNanos()) {
            gaveUp = "no connection for " + plan.patience().toSeconds() + " s";
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private void note(Throwable cause) {
        String failure = cause instanceof RelayException ? String.valueOf(cause.getMessage()) : cause.toString();
        if (failures.size() < LoadResult.MOST_FAILURES && !failures.contains(failure)) {
            failures.add(failure);
        }
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
        redialDue(now);
        probeLoops(now);
        if (now - secondStartNanos >= SECOND_NANOS) {
            endSecond(now);
        }
    }

    private void probeLoops(long now) {
        if (!measuring) {
            return;
        }
        for (Executor loop : loops) {
            loop.execute(() -> {
                long lag = clock.nanoTime() - now;
                post(() -> Figures.record(second.loopLagNanos, lag));
            });
        }
    }

    private void endSecond(long now) {
        boolean measured = secondStartNanos - measureFromNanos >= 0;
        Figures ended = second;
        total.add(ended);
        second = new Figures();
        LoadListener.Second told =
                new LoadListener.Second(now - startNanos, now - secondStartNanos, measured, inFlight, ended);
        secondStartNanos = now;
        listeners.forEach(listener -> listener.second(told));
    }

    private long pauseNanos() {
        long now = clock.nanoTime();
        long tick = nextTickNanos - now;
        if (free.isEmpty() || !plan.isOpenLoop() || !isSending(now)) {
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

    private boolean isSending(long now) {
        return hasNext() && now - startNanos < plan.sendingNanos();
    }

    private LoadResult end() {
        long now = clock.nanoTime();
        long sendingNanos = Math.min(now - startNanos, plan.sendingNanos());
        countUnsent(startNanos + sendingNanos);
        endSecond(now);
        long answered = lastAnswerNanos - measureFromNanos;
        long measured = plan.durationNanos().isEmpty()
                ? answered
                : Math.max(answered, sendingNanos - plan.warmUp().toNanos());
        OwnEffort.Share share = measuring ? effort.end() : OwnEffort.Share.UNKNOWN;
        return new LoadResult(plan, total, Math.max(1, measured), share, List.copyOf(failures), gaveUp);
    }

    /** Those that never got their turn have waited at least until now: to leave them out would flatter the target. */
    private void countUnsent(long until) {
        while (plan.isOpenLoop() && hasNext()) {
            long due = startNanos + plan.intendedNanos(nextBatch);
            if (due - until >= 0) {
                return;
            }
            if (due - measureFromNanos >= 0) {
                second.unsentEvents += plan.eventsIn(nextBatch);
                Figures.record(second.latencyNanos, until - due);
            }
            nextBatch++;
        }
    }
}
