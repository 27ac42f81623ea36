package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @Test
    void aSteadyRateIsExactForeverAfter() {
        Pace pace = new SteadyPace(3000, 10);
        assertThat(pace.intendedNanos(0)).isZero();
        assertThat(pace.intendedNanos(300L * 86_400 * 365)).isEqualTo(SECOND * 86_400 * 365);
    }

    @ParameterizedTest(name = "{0} to {1} in {2} steps")
    @CsvSource({"100, 1000, 0", "1000, 100, 0", "500, 500, 0", "100, 1000, 4", "1000, 100, 3", "1, 1000000, 1000"})
    void aRampSendsInEachPartOfItsTimeWhatItsRateThereIs(double from, double to, int steps) {
        Pace pace = new RampPace(from, to, steps, Duration.ofSeconds(2), TEN_SECONDS, 1);
        long warmUp = dueBefore(pace, 2 * SECOND);
        long half = dueBefore(pace, 7 * SECOND);
        long all = dueBefore(pace, 12 * SECOND);
        double firstHalf = steps == 0 ? from + (to - from) / 4 : meanOfSteps(from, to, steps, 0, 0.5);
        assertThat((double) warmUp).isCloseTo(2 * from, within(1.0));
        assertThat((double) (half - warmUp)).isCloseTo(5 * firstHalf, within(1.0));
        assertThat((double) (all - warmUp)).isCloseTo(10 * (from + to) / 2, within(1.0));
        assertThat((double) (dueBefore(pace, 13 * SECOND) - all))
                .as("the last rate goes on")
                .isCloseTo(to, within(1.0));
    }

    @ParameterizedTest
    @CsvSource({"100, 1000, 0", "1000, 1, 0", "1000, 1, 7", "1, 1000, 7"})
    void aBatchIsNeverDueBeforeTheOneBeforeIt(double from, double to, int steps) {
        Pace pace = new RampPace(from, to, steps, Duration.ofSeconds(1), TEN_SECONDS, 3);
        assertThat(LongStream.range(0, 8000).mapToObj(pace::intendedNanos)).isSorted();
    }

    @Test
    void aBurstIsDueAllAtOnce() {
        Pace pace = new BurstPace(20, Duration.ofSeconds(5));
        assertThat(LongStream.range(0, 20).map(pace::intendedNanos)).containsOnly(0L);
        assertThat(LongStream.range(20, 40).map(pace::intendedNanos)).containsOnly(5 * SECOND);
    }

    /** By bisection, since they are in order. */
    private static long dueBefore(Pace pace, long nanos) {
        long low = 0;
        long high = 1L << 40;
        while (low < high) {
            long middle = (low + high) / 2;
            if (pace.intendedNanos(middle) < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Over a part of the ramp, summed up in small pieces of time. */
    private static double meanOfSteps(double from, double to, int steps, double begin, double end) {
        int pieces = 60_000;
        double sum = 0;
        for (int i = 0; i < pieces; i++) {
            double at = begin + (end - begin) * (i + 0.5) / pieces;
            sum += from + (to - from) * Math.floor(at * steps) / (steps - 1);
        }
        return sum / pieces;
    }
}
