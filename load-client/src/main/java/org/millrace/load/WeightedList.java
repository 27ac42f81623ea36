package org.millrace.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws places of a list, each as often as its weight says. Immutable. */
final class WeightedList {
    /** At each place the weights up to and with it. */
    private final double[] sums;

    private WeightedList(double[] sums) {
        this.sums = sums;
    }

    /** The place of one, from 0. */
    int draw(SplittableRandom random) {
        double at = random.nextDouble() * sums[sums.length - 1];
        int found = Arrays.binarySearch(sums, at);
        return Math.min(sums.length - 1, found >= 0 ? found + 1 : -found - 1);
    }

    /** Place <i>n</i> weighs 1 / (n + 1): a few are drawn often, most of them seldom. */
    static WeightedList zipf(int places) {
        Builder list = new Builder();
        for (int place = 0; place < places; place++) {
            list.add(1.0 / (place + 1));
        }
        return list.build();
    }

    /** Collects weights. */
    static final class Builder {
        private double[] sums = new double[8];
        private int places;
        private double sum;

        void add(double weight) {
            if (places == sums.length) {
                sums = Arrays.copyOf(sums, 2 * places);
            }
            sum += weight;
            sums[places++] = sum;
        }

        WeightedList build() {
            return new WeightedList(Arrays.copyOf(sums, places));
        }
    }
}
