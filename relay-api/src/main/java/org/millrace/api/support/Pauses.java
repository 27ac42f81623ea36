package org.millrace.api.support;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.millrace.api.Settings;

/**
 * How long to wait after each of several disappointments in a row. Immutable.
 *
 * @param first the first pause, not negative
 * @param growth how the others follow
 * @param most no pause is longer
 */
public record Pauses(Duration first, Growth growth, Duration most) {
    private static final Duration FLUME_STEP = Duration.ofSeconds(1);
    private static final Duration FLUME_MOST = Duration.ofSeconds(5);
    /** A pause that was doubled as often is longer than any that one would wait. */
    private static final int MOST_DOUBLINGS = 30;

    /** What makes a pause longer than the one before. */
    public enum Growth {
        /** Each is longer by the first one: 1, 2, 3, 4. */
        LINEAR,
        /** Each is twice as long as the one before: 1, 2, 4, 8. */
        DOUBLING
    }

    public Pauses {
        if (first.isNegative() || most.isNegative()) {
            throw new IllegalArgumentException("pauses: " + first + " to " + most + " (expected: 0 or longer)");
        }
    }

    /** Always the same. */
    public static Pauses constant(Duration pause) {
        return new Pauses(pause, Growth.LINEAR, pause);
    }

    /** The first one, then twice as long each time. */
    public static Pauses doubling(Duration first, Duration most) {
        return new Pauses(first, Growth.DOUBLING, most);
    }

    /**
     * Those of a source that Flume polls, when there is nothing to read: reads {@code backoffSleepIncrement} and {@code maxBackoffSleep}, in
     * milliseconds.
     */
    public static Pauses ofPolledSource(Settings settings) {
        Duration step = settings.duration("backoffSleepIncrement", ChronoUnit.MILLIS, 1, Integer.MAX_VALUE)
                .about("the first pause when there is nothing to read; each further one in a row is longer by as much")
                .orElse(FLUME_STEP);
        Duration most = settings.duration("maxBackoffSleep", ChronoUnit.MILLIS, 1, Integer.MAX_VALUE)
                .about("the longest pause when there is nothing to read")
                .orElse(FLUME_MOST);
        return new Pauses(step, Growth.LINEAR, most);
    }

    /** @param inARow how many disappointments there have been, at least 1 */
    public Duration after(long inARow) {
        long times = growth == Growth.LINEAR
                ? Math.min(inARow, Integer.MAX_VALUE)
                : 1L << Math.min(inARow - 1, MOST_DOUBLINGS);
        boolean isLonger = !first.isZero() && most.dividedBy(first) < times;
        return isLonger || first.compareTo(most) > 0 ? most : first.multipliedBy(times);
    }
}
