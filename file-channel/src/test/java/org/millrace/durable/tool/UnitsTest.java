package org.millrace.durable.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "67108864, 64.0 MiB", "9223372036854775807, 8192.0 PiB"})
    void bytesHaveTheUnitThatSuitsThem(long bytes, String shown) {
        assertThat(Units.bytes(bytes)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"-5, 0 s", "59, 59 s", "61, 1 min 1 s", "7260, 2 h 1 min", "180000, 2 d 2 h"})
    void agesHaveTheirTwoLargestUnits(long seconds, String shown) {
        assertThat(Units.age(Duration.ofSeconds(seconds))).isEqualTo(shown);
    }

    @Test
    void countsAreGroupedAndAgreeWithTheirNouns() {
        assertThat(Units.count(1234567)).isEqualTo("1,234,567");
        assertThat(Units.count(1, "event")).isEqualTo("1 event");
        assertThat(Units.count(0, "event")).isEqualTo("0 events");
        assertThat(Units.percent(0.1251)).isEqualTo("12.5 %");
    }
}
