package org.millrace.relay.sink.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PenaltyTest {
    private static final Duration MOST = Duration.ofMillis(Integer.MAX_VALUE);

    private final Penalty penalty = new Penalty(MOST, new SplittableRandom(1));

    @Test
    void neverOverflows() {
        assertThat(IntStream.of(21, 22, 40, 53, 54, 63, 64, 1000, Integer.MAX_VALUE)
                        .mapToObj(penalty::longest))
                .as("Flume's is negative from 22 failures on")
                .containsOnly(Duration.ofSeconds(1L << 21), MOST)
                .last()
                .isEqualTo(MOST);
    }

    @Test
    void chanceTakesAtMostATenthOff() {
        for (int i = 0; i < 1000; i++) {
            assertThat(penalty.of(3)).isBetween(Duration.ofMillis(7200), Duration.ofSeconds(8));
        }
        assertThat(penalty.of(3)).isNotEqualTo(penalty.of(3));
    }
}
