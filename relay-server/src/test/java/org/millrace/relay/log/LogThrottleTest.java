package org.millrace.relay.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.millrace.testkit.FakeClock;

class LogThrottleTest {
    private final FakeClock clock = new FakeClock();
    private final LogThrottle throttle = new LogThrottle(clock, Duration.ofMinutes(1));

    @Test
    void theFirstIsLoggedAndTheNextOneTellsHowManyWereLeftOut() {
        assertThat(throttle.admit()).hasValue(0);
        assertThat(throttle.admit()).isEmpty();
        clock.advance(Duration.ofSeconds(59));
        assertThat(throttle.admit()).isEmpty();
        clock.advance(Duration.ofSeconds(1));

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
