package org.millrace.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class RollPolicyTest {
    private static final Instant OPENED = Instant.ofEpochSecond(1000);

    @Test
    void firstLimitReachedWins() {
        RollPolicy policy = new RollPolicy(Duration.ofSeconds(30), 100, 10, Duration.ofSeconds(5), 0);

        assertThat(policy.isFull(9, 99)).isFalse();
        assertThat(policy.isFull(10, 0)).isTrue();
        assertThat(policy.isFull(0, 100)).isTrue();
        assertThat(policy.dueAt(OPENED, OPENED)).isEqualTo(OPENED.plusSeconds(5));
        assertThat(policy.dueAt(OPENED, OPENED.plusSeconds(28))).isEqualTo(OPENED.plusSeconds(30));
        assertThat(policy.reasonAt(OPENED.plusSeconds(29), OPENED)).isEqualTo(RollReason.IDLE);
        assertThat(policy.reasonAt(OPENED.plusSeconds(30), OPENED)).isEqualTo(RollReason.INTERVAL);
    }

    @Test
    void zeroMeansNever() {
        RollPolicy policy = new RollPolicy(Duration.ZERO, 0, 0, Duration.ZERO, 0);

        assertThat(policy.isFull(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
        assertThat(policy.dueAt(OPENED, OPENED)).isEqualTo(Instant.MAX);
    }

    @Test
    void roundingKnowsItsRange() {
        assertThatThrownBy(() -> new Rounding(ChronoUnit.HOURS, 25)).hasMessageContaining("1 to 24");
        assertThatThrownBy(() -> new Rounding(ChronoUnit.MINUTES, 0)).hasMessageContaining("1 to 60");
    }
}
