package org.millrace.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodySizesTest {
    private static final int DRAWS = 100_000;

    @Test
    void oneLengthIsAlwaysThat() {
        assertThat(draws("512")).containsOnly(512);
        assertThat(BodySizes.parse("512").isFixed()).isTrue();
        assertThat(draws("0")).containsOnly(0);
    }

    @Test
    void uniformLengthsFillTheirRangeWithBothEnds() {
        int[] draws = draws("uniform:100..109");
        assertThat(draws).contains(100, 109);
        assertThat(Arrays.stream(draws).distinct()).hasSize(10);
        assertThat(mean(draws)).isCloseTo(104.5, within(0.1));
    }

    @Test
    void normalLengthsHaveTheirMeanAndDeviationAndAreNeverNegative() {
        int[] draws = draws("normal:1000,100");
        double mean = mean(draws);
        double variance = Arrays.stream(draws)
                .mapToDouble(d -> (d - mean) * (d - mean))
                .average()
                .orElseThrow();
        assertThat(mean).isCloseTo(1000, within(3.0));
        assertThat(Math.sqrt(variance)).isCloseTo(100, within(3.0));
        assertThat(Arrays.stream(draws("normal:10,100")).min()).hasValue(0);
        assertThat(BodySizes.parse("normal:1000,100").longest()).isEqualTo(1600);
    }

    @Test
    void exponentialLengthsHaveTheirMean() {
        int[] draws = draws("exp:512");
        assertThat(mean(draws)).isCloseTo(512, within(10.0));
        assertThat(Arrays.stream(draws).max().orElseThrow()).isLessThanOrEqualTo(16 * 512);
    }

    @Test
    void aListIsDrawnByItsWeights() {
        int[] draws = draws("200*8,1k,4000");
        assertThat(share(draws, 200)).isCloseTo(0.8, within(0.01));
        assertThat(share(draws, 1000)).isCloseTo(0.1, within(0.01));
        assertThat(share(draws, 4000)).isCloseTo(0.1, within(0.01));
        assertThat(BodySizes.parse("200*8,1k,4000").longest()).isEqualTo(4000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1..2",
                "uniform:5",
                "uniform:9..1",
                "normal:5",
                "normal:5,",
                "exp:",
                "zipf:5",
                "1,,2",
                "1*0"
            })
    void anythingElseIsRefusedWithExamples(String text) {
        assertThatThrownBy(() -> BodySizes.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text + " (expected: such as 512, uniform:100..1000");
    }

    private static int[] draws(String text) {
        SplittableRandom random = new SplittableRandom(1);
        BodySizes sizes = BodySizes.parse(text);
        int[] draws = new int[DRAWS];
        Arrays.setAll(draws, i -> sizes.draw().next(random));
        return draws;
    }

    private static double mean(int[] draws) {
        return Arrays.stream(draws).average().orElseThrow();
    }

    private static double share(int[] draws, int bytes) {
        return Arrays.stream(draws).filter(draw -> draw == bytes).count() / (double) DRAWS;
    }
}
