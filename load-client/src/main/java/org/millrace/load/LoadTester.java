package org.millrace.load;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.millrace.client.EventLoops;

/** Runs loads on one target, one after the other, in the thread that calls it. Owns nothing. */
final class LoadTester {
    /** A confirmation takes so many times as long as another try. */
    private static final int CONFIRMATION = 3;

    private final Line.Dialer dialer;
    private final EventLoops loops;
    private final Events events;
    private final Hops hops;

    /** @param hops what the dialer's lines count */
    LoadTester(Line.Dialer dialer, EventLoops loops, Events events, Hops hops) {
        this.dialer = dialer;
        this.loops = loops;
        this.events = events;
        this.hops = hops;
    }

    LoadResult run(LoadPlan plan, List<LoadListener> listeners) throws IOException, InterruptedException {
        List<Executor> executors = loops.executors();
        LoadRun run = new LoadRun(
                plan,
                dialer,
                events,
                executors,
                SenderClock.of(Thread.currentThread()),
                new ProcessorTime(executors),
                listeners,
                hops);
        return run.run();
    }

    /**
     * Searches the highest rate.
     *
     * @param measured how long each rate is tried
     */
    RateSearch.Outcome search(
            LoadPlan plan, long limitNanos, double firstRate, Duration measured, List<LoadListener> listeners)
            throws IOException, InterruptedException {
        RateSearch search = new RateSearch(limitNanos, (rate, phase) -> {
            Duration duration = phase == RateSearch.Phase.CONFIRM ? measured.multipliedBy(CONFIRMATION) : measured;
            listeners.forEach(listener -> listener.begin(rate));
            return run(plan.with(new SteadyPace(rate, plan.batchEvents()), duration), listeners);
        });
        return search.search(firstRate);
    }
}
