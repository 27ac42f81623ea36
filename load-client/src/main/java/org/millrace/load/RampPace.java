package org.millrace.load;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * From one rate to another, evenly or in steps that last equally long; the first rate before that, the last one after it.
 *
 * @param from events a second, also in the warm-up
 * @param to events a second, more or fewer
 * @param steps rates that are held, from the first to the last; 0 for a rate that changes all the time
 * @param warmUp before it begins
 * @param length how long it takes; more than 0
 */
record RampPace(double from, double to, int steps, Duration warmUp, Duration length, int batchEvents) implements Pace {
    @Override
    public long intendedNanos(long batch) {
        double event = (double) batch * batchEvents;
        double warmUpSeconds = seconds(warmUp);
        double before = from * warmUpSeconds;
        double atSecond = event < before
                ? event / from
                : warmUpSeconds + (steps == 0 ? evenly(event - before) : inSteps(event - before));
        return Math.round(atSecond * TimeUnit.SECONDS.toNanos(1));
    }

    /** By time t, from t + (to - from) t² / 2 length events are due: solved for t, in the form that also stands for equal rates. */
    private double evenly(double event) {
        double seconds = seconds(length);
        double all = (from + to) / 2 * seconds;
        if (event >= all) {
            return seconds + (event - all) / to;
        }
        double root = Math.sqrt(Math.max(0, from * from + 2 * (to - from) / seconds * event));
        return 2 * event / (from + root);
    }

    private double inSteps(double event) {
        double stepSeconds = seconds(length) / steps;
        double left = event;
        for (int step = 0; step < steps; step++) {
            double rate = rateOfStep(step);
            if (left < rate * stepSeconds || step == steps - 1) { // the last one goes on
                return step * stepSeconds + left / rate;
            }
            left -= rate * stepSeconds;
        }
        throw new IllegalStateException("no steps");
    }

    private double rateOfStep(int step) {
        return from + (to - from) * step / (steps - 1);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        json.writeNumberField("fromEventsPerSecond", from);
        json.writeNumberField("toEventsPerSecond", to);
        json.writeNumberField("steps", steps);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,.0f to %,.0f events/s", from, to)
                + (steps == 0 ? "" : " in " + steps + " steps");
    }
}
