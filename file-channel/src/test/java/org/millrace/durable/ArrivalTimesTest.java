package org.millrace.durable;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalTimesTest {
    private final ArrivalTimes times = new ArrivalTimes();

    @Test
    void anEventIsAsOldAsTheLastMarkBeforeIt() {
        times.arrived(10, 1_000);
        times.arrived(20, 5_000);
        times.arrived(30, 5_400); // too near for a mark of its own

        assertThat(times.of(19, 0)).isEqualTo(1_000);
        assertThat(times.of(35, 0)).isEqualTo(5_000);
        assertThat(times.of(9, 77)).isEqualTo(77);
    }

    @Test
    void theMarkOfTheOldestEventStaysWhenOlderOnesGo() {
        times.arrived(0, 1_000);
        times.arrived(10, 3_000);
        times.arrived(20, 6_000);
        times.forgetBefore(15);

        assertThat(times.of(15, 0)).isEqualTo(3_000);
        assertThat(times.of(5, 77)).isEqualTo(77);
    }

    @Test
    void overALongTimeMarksGrowCoarserAndStayRight() {
        int seconds = 100_000;
        for (int second = 0; second < seconds; second++) {
            times.arrived(second, 1_000L * second);
        }
        for (int second = 0; second < seconds; second += 997) {
            assertThat(times.of(second, -1)).isBetween(1_000L * second - 128_000, 1_000L * second);
        }
    }
}
