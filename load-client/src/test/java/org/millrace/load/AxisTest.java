package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AxisTest {
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 1, 7, 99, 100, 101, 19_973, 6_600_000})
    void aLinearAxisHasAFewRoundTicksAndRoomForItsHighestValue(double most) {
        Axis axis = Axis.linear(most, RunPlots::count);
        assertThat(axis.ticks()).hasSizeBetween(2, 7);
        assertThat(axis.at().applyAsDouble(most)).isBetween(0.0, 1.0);
        assertThat(axis.ticks().get(0).label()).isEqualTo("0");
    }

    @Test
    void aLogarithmicAxisIsMarkedAtPowersOrCloserIfThereAreFew() {
        assertThat(labels(Axis.logarithmic(150e3, 45e6, RunPlots::duration)))
                .containsExactly("100 µs", "1 ms", "10 ms");
        assertThat(labels(Axis.logarithmic(1.2e6, 9e6, RunPlots::duration)))
                .containsExactly("1 ms", "2 ms", "5 ms", "10 ms");
        assertThat(Axis.logarithmic(1e3, 1e9, RunPlots::duration).at().applyAsDouble(1e6))
                .isCloseTo(0.5, within(1e-9));
        assertThat(Axis.logarithmic(5e6, 5e6, RunPlots::duration).ticks()).hasSizeGreaterThan(1);
    }

    @Test
    void timeIsMarkedInTheUnitThatFits() {
        assertThat(labels(Axis.time(12))).containsExactly("0 s", "2 s", "4 s", "6 s", "8 s", "10 s", "12 s");
        assertThat(labels(Axis.time(300))).containsExactly("0 s", "1 min", "2 min", "3 min", "4 min", "5 min");
        assertThat(labels(Axis.time(4 * 3600))).containsExactly("0 s", "1 h", "2 h", "3 h", "4 h");
        assertThat(labels(Axis.time(0.4))).contains("0.1 s");
        assertThat(Axis.time(9e7).ticks()).isNotEmpty();
    }

    @Test
    void percentilesAreMarkedAsFarAsThereAreValuesForThem() {
        assertThat(labels(Axis.percentiles(5000))).containsExactly("p50", "p90", "p99", "p99.9");
        assertThat(labels(Axis.percentiles(1))).containsExactly("p50", "p90");
        assertThat(Axis.percentiles(1000).at().applyAsDouble(100)).isEqualTo(1);
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(Axis.Tick::label).toList();
    }
}
