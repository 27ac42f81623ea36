package org.millrace.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * One axis of a plot. Immutable.
 *
 * @param at where a value stands, from 0 to 1
 * @param ticks the values that are written at it
 */
record Axis(DoubleUnaryOperator at, List<Tick> ticks) {
    private static final int MOST_TICKS = 6;
    private static final double[] TIME_STEPS = {
        0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400
    };

    /** A value and how it is written. */
    record Tick(double value, String label) {}

    /** From 0 to this or a little more. */
    static Axis linear(double most, DoubleFunction<String> label) {
        double step = roundUp(Math.max(most, 1e-9) / (MOST_TICKS - 1));
        double end = Math.ceil(Math.max(most, 1e-9) / step - 1e-9) * step;
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= end * 1.0001; i++) {
            ticks.add(new Tick(i * step, label.apply(i * step)));
        }
        return new Axis(value -> value / end, List.copyOf(ticks));
    }

    /** By the logarithm, from the round value below to the one above; both more than 0. */
    static Axis logarithmic(double least, double most, DoubleFunction<String> label) {
        double begin = roundDown(least);
        double end = Math.max(roundUp(most), 2 * begin);
        double decades = Math.log10(end / begin);
        List<Tick> ticks = new ArrayList<>();
        for (double value = begin; value <= end * 1.0001; value = roundUp(value * 1.01)) {
            boolean isPower = Math.abs(Math.log10(value) - Math.rint(Math.log10(value))) < 1e-6;
            if (decades <= 2 || isPower) {
                ticks.add(new Tick(value, label.apply(value)));
            }
        }
        return new Axis(value -> Math.log10(Math.max(value, begin) / begin) / decades, List.copyOf(ticks));
    }

    /** Seconds from 0 to exactly this. */
    static Axis time(double mostSeconds) {
        double most = Math.max(mostSeconds, 0.1);
        double step = TIME_STEPS[TIME_STEPS.length - 1];
        for (int i = TIME_STEPS.length - 1; i >= 0 && most / TIME_STEPS[i] <= MOST_TICKS; i--) {
            step = TIME_STEPS[i];
        }
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= most * 1.0001; i++) {
            ticks.add(new Tick(i * step, seconds(i * step, step)));
        }
        return new Axis(value -> value / most, List.copyOf(ticks));
    }

    /** Percentiles, by how many values are above: as far from 90 to 99 as from there to 99.9. */
    static Axis percentiles(long values) {
        double end = Math.max(1, Math.log10((double) Math.max(1, values)));
        List<Tick> ticks = new ArrayList<>();
        for (double percentile : new double[] {50, 90, 99, 99.9, 99.99, 99.999, 99.9999}) {
            if (nines(percentile) <= end) {
                String digits =
                        percentile == Math.rint(percentile) ? Long.toString((long) percentile) : "" + percentile;
                ticks.add(new Tick(percentile, "p" + digits));
            }
        }
        return new Axis(value -> Math.min(1, nines(value) / end), List.copyOf(ticks));
    }

    private static double nines(double percentile) {
        return percentile >= 100 ? Double.MAX_VALUE : -Math.log10(1 - percentile / 100);
    }

    private static String seconds(double value, double step) {
        if (value == 0) {
            return "0 s";
        }
        if (step < 60) {
            return step < 1 ? String.format(Locale.ROOT, "%.1f s", value) : Math.round(value) + " s";
        }
        return step < 3600 ? Math.round(value / 60) + " min" : Math.round(value / 3600) + " h";
    }

    /** The next 1, 2 or 5 of a power of ten. */
    private static double roundUp(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 5}) {
            if (value <= factor * power * 1.000001) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static double roundDown(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
        for (double factor : new double[] {5, 2}) {
            if (value >= factor * power * 0.999999) {
                return factor * power;
            }
        }
        return power;
    }
}
