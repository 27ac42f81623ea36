package org.millrace.api.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LogThrottleTest {
    private Instant now = Instant.EPOCH;
    private final LogThrottle throttle = new LogThrottle(() -> now, Duration.ofMinutes(1));

    @Test
    void theFirstIsLoggedAndTheNextOneTellsHowManyWereLeftOut() {
        assertThat(throttle.admit()).hasValue(0);
        assertThat(throttle.admit()).isEmpty();
        now = now.plus(Duration.ofSeconds(59));
        assertThat(throttle.admit()).isEmpty();
        now = now.plus(Duration.ofSeconds(1));

        assertThat(throttle.admit()).hasValue(2);
        assertThat(throttle.admit()).isEmpty();
    }

    @Test
    void afterAResetTheNextIsAFirstOne() {
        throttle.admit();
        throttle.admit();
        throttle.reset();

        assertThat(throttle.admit()).hasValue(0);
    }
}
