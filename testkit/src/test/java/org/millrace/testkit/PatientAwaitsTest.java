package org.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatientAwaitsTest {
    private static final Duration AWAITILITYS_OWN = Duration.ofSeconds(10);

    @Test
    void anAwaitWithoutALimitWaitsLongerThanAwaitilityDoesByItself() {
        AtomicLong leftMillis = new AtomicLong();

        await().conditionEvaluationListener(condition -> leftMillis.set(condition.getRemainingTimeInMS()))
                .until(() -> true);

        assertThat(Duration.ofMillis(leftMillis.get())).isGreaterThan(AWAITILITYS_OWN);
    }
}
