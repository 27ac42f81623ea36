package org.millrace.relay.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), new SplittableRandom(7));

    @Test
    void pausesDoubleUpToTheMostLessARandomShareOfUpToHalf() {
        for (long longest : new long[] {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000}) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(longest / 2), Duration.ofMillis(longest));
        }
    }

    @Test
    void theyDoNotOverflowHoweverOftenASinkFails() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
        }
    }

    @Test
    void twoSinksDoNotPauseAlike() {
        Backoff other = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), new SplittableRandom(8));

        assertThat(backoff.next()).isNotEqualTo(other.next());
    }

    @Test
    void afterAResetTheFirstPauseIsShortAgain() {
        for (int i = 0; i < 5; i++) {
            backoff.next();
        }
        backoff.reset();

        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void aPauseOfNothingIsRefused() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), new SplittableRandom()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
