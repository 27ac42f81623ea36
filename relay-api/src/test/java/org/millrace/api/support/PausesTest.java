package org.millrace.api.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.millrace.api.Settings;

class PausesTest {
    private final List<String> problems = new ArrayList<>();

    @Test
    void pausesDoubleUpToTheLimit() {
        Pauses pauses = Pauses.doubling(Duration.ofMillis(250), Duration.ofSeconds(4));
        assertThat(millis(pauses, 1, 2, 3, 4, 5, 6, 7)).containsExactly(250, 500, 1000, 2000, 4000, 4000, 4000);
        assertThat(millis(pauses, Long.MAX_VALUE)).containsExactly(4000);
    }

    @Test
    void aLimitBelowTheFirstPauseHoldsFromTheFirstOn() {
        assertThat(millis(Pauses.doubling(Duration.ofMillis(250), Duration.ofMillis(5)), 1, 2))
                .containsExactly(5, 5);
    }

    @Test
    void aConstantPauseStaysAsItIsAndMayBeNone() {
        assertThat(millis(Pauses.constant(Duration.ofMillis(7)), 1, 2, Long.MAX_VALUE))
                .containsExactly(7, 7, 7);
        assertThat(millis(Pauses.constant(Duration.ZERO), 1, Long.MAX_VALUE)).containsExactly(0, 0);
    }

    @Test
    void withoutKeysAPolledSourceWaitsAsInFlume() {
        assertThat(millis(polled(Map.of()), 1, 2, 3, 4, 5, 6, Long.MAX_VALUE))
                .containsExactly(1000, 2000, 3000, 4000, 5000, 5000, 5000);
    }

    @Test
    void bothKeysOfAPolledSourceAreRead() {
        assertThat(millis(polled(Map.of("backoffSleepIncrement", "10", "maxBackoffSleep", "25")), 1, 2, 3))
                .containsExactly(10, 20, 25);
        assertThat(problems).isEmpty();
    }

    @Test
    void aBadPauseIsRefusedByName() {
        polled(Map.of("backoffSleepIncrement", "0", "maxBackoffSleep", "soon"));
        assertThat(problems)
                .containsExactly(
                        "backoffSleepIncrement: 0 (expected: a number of milliseconds, at least 1)",
                        "maxBackoffSleep: soon (expected: a number of milliseconds, at least 1)");
    }

    private Pauses polled(Map<String, String> values) {
        return Pauses.ofPolledSource(new Settings(values, new Settings.Problems() {
            @Override
            public void problem(String key, String message) {
                problems.add(key + ": " + message);
            }

            @Override
            public void note(String key, String message) {
                problems.add(key + ": " + message);
            }
        }));
    }

    private static long[] millis(Pauses pauses, long... inARow) {
        return LongStream.of(inARow)
                .map(count -> pauses.after(count).toMillis())
                .toArray();
    }
}
