package org.millrace.load;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Counts what a run measures, second by second, and tells of each second. The sender's thread. */
final class Tally {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<LoadListener> listeners;
    private final Hops hops;
    private final Figures total = new Figures();
    private Figures second = new Figures();
    private long startNanos;
    private long measureFromNanos;
    private long secondStartNanos;

    /** @param hops counted by others, and told with each second */
    Tally(List<LoadListener> listeners, Hops hops) {
        this.listeners = List.copyOf(listeners);
        this.hops = hops;
    }

    /** Forgets what it took to get here. */
    void begin(long now, long measureFrom) {
        startNanos = now;
        secondStartNanos = now;
        measureFromNanos = measureFrom;
        second = new Figures();
    }

    /** @param ownDelayNanos how much later than possible, by our own doing */
    void sent(Flight flight, long ownDelayNanos) {
        if (flight.measured()) {
            Figures.record(second.ownDelayNanos, ownDelayNanos);
            second.sentEvents += flight.events();
        }
    }

    void answered(Flight flight, long at, LoadListener.Fate fate) {
        if (flight.measured()) {
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
        listeners.forEach(listener -> listener.batch(flight.first(), flight.events(), fate));
    }

    /** A batch that was due and never got its turn has waited at least so long: to leave it out would flatter the target. */
    void unsent(int events, long waitedNanos) {
        second.unsentEvents += events;
        Figures.record(second.latencyNanos, waitedNanos);
    }

    void reconnected() {
        second.reconnects++;
    }

    /** What a task waited for its turn on an event loop. */
    void loopLag(long nanos) {
        Figures.record(second.loopLagNanos, nanos);
    }

    /** Also the one in which measuring begins, so that the next one is measured as a whole. */
    void endSecondIfDue(long now, int inFlight) {
        boolean measuringBegins = secondStartNanos - measureFromNanos < 0 && now - measureFromNanos >= 0;
        if (measuringBegins || now - secondStartNanos >= SECOND_NANOS) {
            endSecond(now, inFlight);
        }
    }

    void endSecond(long now, int inFlight) {
        Figures ended = second;
        hops.moveTo(ended);
        total.add(ended);
        second = new Figures();
        boolean measured = secondStartNanos - measureFromNanos >= 0;
        LoadListener.Second told =
                new LoadListener.Second(now - startNanos, now - secondStartNanos, measured, inFlight, ended);
        secondStartNanos = now;
        listeners.forEach(listener -> listener.second(told));
    }

    /** Of all seconds that have ended. */
    Figures total() {
        return total;
    }
}
